// Part of the pass "normalise": a query parameter that names the members that an answer shall show (`?fields=title,price`).
// What such answers leave out says nothing about the things they show, so nothing but refusals is learnt from them; rules
// are learnt from the answers that show all, and pick the members that are asked for.
import { append } from '../../std/grouping.ts';
import type { Template } from '../../model/clone-model.ts';
import { isArray, type Json, type JsonObject } from '../../std/json.ts';
import { isRead, isSuccess, type Call } from './call.ts';
import { memberText, quote } from '../explain/literal.ts';
import { isPlainObject } from '../explain/samples.ts';

export interface Selection {
  readonly param: string;
  /** Member of the shown objects whose members are chosen (`attributes`); the objects themselves when undefined. */
  readonly container: string | undefined;
  /** Shown whether asked for or not. */
  readonly always: readonly string[];
}

const OBJECTS_MIN = 4;
const WORDINGS_MIN = 2;

/** The parameter by which requests choose members; undefined where there is none. */
export function inferSelection(calls: readonly Call[]): Selection | undefined {
  const byParam = new Map<string, Call[]>();
  for (const call of calls)
    if (isRead(call) && isSuccess(call))
      for (const [name, value] of Object.entries(call.query))
        if (typeof value === 'string' && WORDING.test(value)) append(byParam, name, call);
  for (const [param, asking] of byParam) {
    if (new Set(asking.map((call) => call.query[param])).size < WORDINGS_MIN) continue;
    const plain = calls.filter((call) => isRead(call) && isSuccess(call) && call.query[param] === undefined);
    const containers = new Set(asking.flatMap((call) => objectsIn(call.answer)).flatMap(objectNames));
    for (const container of [undefined, ...containers]) {
      const always = alwaysShown(asking, param, container);
      if (always !== undefined && hidesSomething(asking, plain, container)) return { param, container, always };
    }
  }
  return undefined;
}

const WORDING = /^[A-Za-z_][\w.-]*(,[A-Za-z_][\w.-]*)*$/;

/** The call's answer shows the members that it asks for. */
export const isSelected = ({ param }: Selection, call: Call): boolean =>
  isRead(call) && isSuccess(call) && typeof call.query[param] === 'string';

/** Things that an answer shows: the answer, its elements, or those of one of its members. */
function objectsIn(answer: Json | undefined): JsonObject[] {
  const found: JsonObject[] = [];
  const take = (value: Json): void => {
    if (isPlainObject(value)) found.push(value);
    else if (isArray(value)) for (const element of value) if (isPlainObject(element)) found.push(element);
  };
  if (answer === undefined) return [];
  take(answer);
  if (isPlainObject(answer)) Object.values(answer).forEach(take);
  return found;
}

const objectNames = (value: JsonObject): string[] =>
  Object.entries(value).flatMap(([name, member]) => (isPlainObject(member) ? [name] : []));

/** The shown things, or what they hold their members in. */
const holders = (answer: Json | undefined, container: string | undefined): JsonObject[] =>
  objectsIn(answer).flatMap((object) => {
    const holder = container === undefined ? object : object[container];
    return isPlainObject(holder) ? [holder] : [];
  });

/** Members beside those asked for, where they are the same in all answers and some that were asked for are there. */
function alwaysShown(
  asking: readonly Call[],
  param: string,
  container: string | undefined,
): readonly string[] | undefined {
  let always: string | undefined;
  let count = 0;
  for (const call of asking) {
    const asked = new Set(String(call.query[param]).split(','));
    for (const holder of holders(call.answer, container)) {
      const names = Object.keys(holder);
      const rest = names.filter((name) => !asked.has(name));
      // Envelopes and facts about lists are objects too, and hold none of what was asked for.
      if (rest.length === names.length) continue;
      const own = rest.sort().join(',');
      if (always !== undefined && own !== always) return undefined;
      always = own;
      count++;
    }
  }
  return count < OBJECTS_MIN ? undefined : (always ?? '').split(',').filter((name) => name !== '');
}

/** Answers to the same paths hold more where nothing was asked for. */
function hidesSomething(asking: readonly Call[], plain: readonly Call[], container: string | undefined): boolean {
  const sizes = new Map<string, number>();
  const largest = (call: Call): number =>
    holders(call.answer, container).reduce((most, holder) => Math.max(most, Object.keys(holder).length), 0);
  for (const call of plain) sizes.set(call.path, Math.max(largest(call), sizes.get(call.path) ?? 0));
  const both = asking.filter((call) => sizes.has(call.path) && largest(call) > 0);
  return both.length > 0 && both.every((call) => largest(call) < (sizes.get(call.path) as number));
}

/** The template with the entities that it shows reduced to the members that the request asks for. */
export function selecting(body: Template, { param, container, always }: Selection): Template {
  if (typeof body !== 'object' || body === null) return body;
  if (isTemplateList(body)) return body.map((each) => selecting(each, { param, container, always }));
  const { $view: view, of } = body;
  if (typeof view === 'string' && typeof of === 'string') {
    const asked = memberText('query', param);
    const whole = `view(${quote(view)}, ${of})`;
    const names = `[${always.map(quote).join(', ')}] + split(${asked}, ",")`;
    const chosen =
      container === undefined
        ? `pick(${whole}, ${names})`
        : `set(${whole}, ${quote(container)}, pick(${memberText(whole, container)}, ${names}))`;
    return `(${asked} == missing ? ${whole} : ${chosen})`;
  }
  return Object.fromEntries(
    Object.entries(body).map(([name, member]) => [name, selecting(member, { param, container, always })]),
  );
}

const isTemplateList = (template: Template): template is readonly Template[] => Array.isArray(template);
