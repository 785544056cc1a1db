// Headers that answers carry alike, whatever was asked.
import type { Header } from '../../exchange/exchange.ts';
import { isPassingHeader } from '../../exchange/passing-headers.ts';
import type { ReplyHeader } from '../../model/clone-model.ts';
import { quote } from '../explain/literal.ts';

/** Of the answer as it travelled, or of who asked. */
const isOfOneAnswer = (name: string): boolean =>
  isPassingHeader(name) || name === 'content-encoding' || name === 'set-cookie';

interface Answer {
  readonly headers: readonly Header[];
}

/** In the order of the first answer. */
export function constantHeaders(answers: readonly Answer[]): readonly ReplyHeader[] {
  const names = new Set((answers[0]?.headers ?? []).map(([name]) => name));
  return [...names].flatMap((name) => {
    const value = isOfOneAnswer(name) ? undefined : constantHeader(answers, name);
    return value === undefined ? [] : [{ name, value: quote(value) }];
  });
}

/** Undefined where answers differ, and where one has the header not at all or several times. */
export function constantHeader(answers: readonly Answer[], name: string): string | undefined {
  const values = new Set(answers.map(({ headers }) => onlyValue(headers, name)));
  return values.size === 1 ? [...values][0] : undefined;
}

function onlyValue(headers: readonly Header[], name: string): string | undefined {
  const values = headers.filter(([each]) => each === name);
  return values.length === 1 ? values[0]?.[1] : undefined;
}
