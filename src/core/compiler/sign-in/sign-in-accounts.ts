// Who may sign in: the field of a request that says who somebody is, the fields that prove it, and the values that were accepted.
import type { JsonObject } from '../../std/json.ts';
import type { Call } from '../calls/call.ts';
import { memberText, quote } from '../explain/literal.ts';
import { shownValues } from './issued.ts';

export interface Accounts {
  /** Field that says who signs in. */
  readonly name: string;
  /** Fields that prove it. */
  readonly secrets: readonly string[];
  readonly entities: readonly JsonObject[];
  accepts(call: Call): boolean;
  subjectOf(call: Call): string | undefined;
  /** Over the request, true for those who may. */
  condition(type: string): string;
}

const NAME = /user|login|e-?mail|account|name|subject|client_id/i;
const SECRET = /pass|pwd|secret|pin$|otp/i;

/** @param calls that sign somebody in, or try to. Undefined where no field says who does. */
export function inferAccounts(calls: readonly Call[]): Accounts | undefined {
  const accepted = calls.filter((call) => !call.refused);
  const [first] = accepted;
  if (first === undefined) return undefined;
  const fields = shownValues(first).filter(({ source }) => source === 'body');
  const everywhere = fields.filter(({ name }) => accepted.every((call) => fieldOf(call, name) !== undefined));
  const secrets = everywhere.filter(({ name }) => SECRET.test(name)).map(({ name }) => name);
  const names = everywhere.filter(({ name }) => NAME.test(name) && !SECRET.test(name));
  // Of several the one that tells most people apart.
  const [best] = names.sort((a, b) => distinct(accepted, b.name) - distinct(accepted, a.name));
  if (best === undefined) return undefined;
  const { name } = best;
  const entities = new Map<string, JsonObject>();
  for (const call of accepted)
    entities.set(
      fieldOf(call, name) ?? '',
      Object.fromEntries([name, ...secrets].map((field) => [field, fieldOf(call, field) ?? ''])),
    );
  return {
    name,
    secrets,
    entities: [...entities.values()],
    accepts: (call) => {
      const account = entities.get(fieldOf(call, name) ?? '');
      return account !== undefined && secrets.every((field) => account[field] === fieldOf(call, field));
    },
    subjectOf: (call) => fieldOf(call, name),
    condition: (type) => {
      const account = `entity(${quote(type)}, ${memberText('body', name)})`;
      const proofs = secrets.map((field) => `${memberText(account, field)} == ${memberText('body', field)}`);
      return [`${account} != missing`, ...proofs].join(' && ');
    },
  };
}

const fieldOf = (call: Call, name: string): string | undefined =>
  shownValues(call).find((shown) => shown.source === 'body' && shown.name === name)?.value;

const distinct = (calls: readonly Call[], name: string): number =>
  new Set(calls.map((call) => fieldOf(call, name))).size;
