// Answers on the wire: what the model says, and nothing that this server would add.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { HttpResponse } from '../../core/exchange/exchange.ts';

/** The server frames the body itself. */
const FRAMING: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'content-encoding',
  'trailer',
]);

/** Sends the answer to a request with that method. */
export function sendAnswer(response: ServerResponse, method: string, { status, headers, body }: HttpResponse): void {
  const bytes =
    body === undefined
      ? Buffer.alloc(0)
      : 'text' in body
        ? Buffer.from(body.text, 'utf8')
        : Buffer.from(body.base64, 'base64');
  const hasBody = status >= 200 && status !== 204 && status !== 304;
  const fields: OutgoingHttpHeaders = {};
  for (const [name, value] of headers) {
    if (FRAMING.has(name)) continue;
    const earlier = fields[name];
    fields[name] = earlier === undefined ? value : [...(Array.isArray(earlier) ? earlier : [String(earlier)]), value];
  }
  if (hasBody) {
    const declared = headers.find(([name]) => name === 'content-length')?.[1];
    // The answer to HEAD says how long the body would be that it does not have.
    const length = method === 'HEAD' && bytes.length === 0 ? declared : String(bytes.length);
    if (length !== undefined) fields['content-length'] = length;
  }
  // A date that the model does not give would differ from run to run.
  response.sendDate = false;
  response.writeHead(status, fields);
  response.end(hasBody && method !== 'HEAD' ? bytes : undefined);
}

/** What the plane itself has to say, in words that any server could use. */
const REFUSALS = {
  400: 'Bad Request',
  404: 'Not Found',
  410: 'Gone',
  413: 'Payload Too Large',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
} as const;

export type RefusalStatus = keyof typeof REFUSALS;

export function sendRefusal(response: ServerResponse, method: string, status: RefusalStatus): void {
  const body = { text: JSON.stringify({ message: REFUSALS[status] }) };
  sendAnswer(response, method, { status, headers: [['content-type', 'application/json']], body });
}
