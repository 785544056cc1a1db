// The fields of an answer in one line each, before and now: what a finding stands in.
import type { CloneModel } from '../model/clone-model.ts';
import { routeExchanges } from '../model/exchange-routing.ts';
import { collectShapes, type FieldShape, type Shapes } from '../model/shapes.ts';
import type { Recording } from '../recording/recording.ts';
import type { DriftFinding } from './finding.ts';

/** Kinds by path: `{ "items[].title": "string, sometimes" }`. */
export type Outline = Readonly<Record<string, string>>;

/** The answers of the finding's route and status. Where the status itself has changed, `now` is of the new one. */
export function answerOutlines(
  model: CloneModel,
  shapes: Shapes,
  recording: Recording,
  finding: DriftFinding,
): { readonly before: Outline; readonly now: Outline } {
  const fresh = collectShapes(routeExchanges(model, recording.exchanges).routed);
  const isStatus = finding.field === undefined && finding.argument !== undefined;
  return {
    before: outlineOf(shapes, finding, finding.status),
    now: outlineOf(fresh, finding, isStatus ? Number(finding.argument) : finding.status),
  };
}

function outlineOf(shapes: Shapes, { service, route }: DriftFinding, status: number | undefined): Outline {
  const known = shapes.routes.find((each) => each.service === service && each.route === route.id);
  const answers = known?.answers.filter((answer) => answer.status === status) ?? [];
  const fields = answers.flatMap((answer) => Object.entries(answer.fields)).filter(([path]) => path !== '');
  return Object.fromEntries(fields.map(([path, field]) => [path, describe(field)]));
}

function describe({ kinds, of, every, isMap }: FieldShape): string {
  const kind = isMap === true ? 'map' : Object.keys(kinds).join(' or ');
  return every < of ? `${kind}, sometimes` : kind;
}
