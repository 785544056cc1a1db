// How a service says no with a status that says yes: a flag at the top of every answer (`ok: false` beside an `error`).
import { isObject, type Json, type JsonObject } from '../../std/json.ts';

interface Answered {
  readonly status: number;
  readonly answer: Json | undefined;
}

const ANSWERS_MIN = 10;
/** Share of the answers that carry the flag. */
const SPREAD_MIN = 0.9;

/**
 * The test for refusals that look like successes; undefined where the service has no flag for them. A flag is a boolean
 * that nearly all answers hold at their top, mostly true, and that comes as false with members never seen beside true.
 */
export function refusalFlag(calls: readonly Answered[]): ((call: Answered) => boolean) | undefined {
  const answers = calls
    .filter(({ status }) => status >= 200 && status < 300)
    .map(({ answer }) => answer)
    .filter((answer): answer is JsonObject => isObject(answer));
  if (answers.length < ANSWERS_MIN) return undefined;
  const names = Object.keys(answers[0] as JsonObject).filter((name) => isFlag(answers, name));
  const name = names[0];
  return name === undefined
    ? undefined
    : ({ status, answer }) => status >= 200 && status < 300 && isObject(answer) && answer[name] === false;
}

function isFlag(answers: readonly JsonObject[], name: string): boolean {
  const yes = answers.filter((answer) => answer[name] === true);
  const no = answers.filter((answer) => answer[name] === false);
  if (no.length === 0 || no.length >= yes.length || yes.length + no.length < SPREAD_MIN * answers.length) return false;
  const usual = new Set(yes.flatMap((answer) => Object.keys(answer)));
  const telling = no.filter((answer) => Object.keys(answer).some((member) => !usual.has(member)));
  return telling.length >= 0.5 * no.length;
}
