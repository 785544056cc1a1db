// From a rule's reply to an HTTP response, and the response for what the model does not know.
import type { Body, Header, HttpResponse } from '../exchange/exchange.ts';
import { printXml } from '../exchange/xml-layout.ts';
import { keyPartText } from '../model/entity-key.ts';
import type { Scope } from '../model/expression.ts';
import { printJson, type Json } from '../std/json.ts';
import type { StepHost } from './host.ts';
import { headersOf, type LoadedReply, type LoadedRule } from './loaded-rule.ts';
import { unknownShaped, UnknownTransition, UNKNOWN_STATUS, UNKNOWN_TEXT } from './unknown.ts';

/** Renders a reply. Headers whose value is missing are left out. Throws UnknownTransition for an asset that is not there. */
export function renderReply(reply: LoadedReply, scope: Scope, host: StepHost): HttpResponse {
  const headers = renderHeaders(reply, scope, host);
  const body = renderBody(reply, scope, host);
  return body === undefined ? { status: reply.status, headers } : { status: reply.status, headers, body };
}

/** What a rule of an element answers: the value of its body, as a client sees it now. Missing where it has none. */
export function renderResult(reply: LoadedReply, scope: Scope, host: StepHost): Json | undefined {
  const value = reply.body?.render(scope, host);
  return value === undefined ? undefined : host.renderer.expand(value);
}

function renderHeaders(reply: LoadedReply, scope: Scope, host: StepHost): readonly Header[] {
  return reply.fixedHeaders ?? headersOf(reply.headers, scope, host);
}

function renderBody(reply: LoadedReply, scope: Scope, host: StepHost): Body | undefined {
  if (reply.asset !== undefined) {
    const asset = host.service.assets.get(reply.asset);
    if (asset === undefined) throw new UnknownTransition(`the file ${reply.asset} of the clone is not at hand`);
    return asset;
  }
  if (reply.body !== undefined) {
    const value = reply.body.render(scope, host);
    const shown = value === undefined ? undefined : host.renderer.expand(value);
    return shown === undefined ? undefined : { text: printBody(shown, reply, host) };
  }
  const text = reply.text === undefined ? undefined : keyPartText(reply.text.evaluate(scope, host));
  return text === undefined ? undefined : { text };
}

/** JSON, or the document that the reply names. */
function printBody(shown: Json, { xml }: LoadedReply, host: StepHost): string {
  const layout = xml === undefined ? undefined : host.service.service.documents?.[xml];
  return layout === undefined ? host.renderer.print(shown) : printXml(layout, shown);
}

/** Status 501 in the API's own error shape: an error of the API with its texts replaced. */
export function renderUnknown(shape: LoadedRule | undefined, scope: Scope, host: StepHost): HttpResponse {
  try {
    return renderUnknownAs(shape, scope, host);
  } catch (error) {
    if (shape === undefined || !(error instanceof UnknownTransition)) throw error;
    // How errors look is not known either.
    return renderUnknownAs(undefined, scope, host);
  }
}

function renderUnknownAs(shape: LoadedRule | undefined, scope: Scope, host: StepHost): HttpResponse {
  const headers = shape === undefined ? [] : renderHeaders(shape.reply, scope, host);
  if (shape?.reply.text !== undefined) return { status: UNKNOWN_STATUS, headers, body: { text: UNKNOWN_TEXT } };
  const rendered = shape?.reply.body?.render(scope, host);
  const body = rendered === undefined ? { message: UNKNOWN_TEXT } : unknownShaped(rendered, shape?.reply.status);
  const typed: readonly Header[] = headers.some(([name]) => name === 'content-type')
    ? headers
    : [...headers, ['content-type', 'application/json']];
  const text = shape === undefined ? printJson(body) : printBody(body, shape.reply, host);
  return { status: UNKNOWN_STATUS, headers: typed, body: { text } };
}
