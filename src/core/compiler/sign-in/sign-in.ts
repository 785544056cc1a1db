// Pass "sign-in": routes that issue credentials, renew and revoke them. Each kind of issued value becomes an entity type whose
// living entities are the values that are good; later passes see who a token stands for instead of the token. Where the
// recorded answers are not explained by that, nothing of this is used.
import type {
  Binding,
  Effect,
  EntityType,
  Generator,
  IssuedCredentials,
  Route,
  Rule,
  Template,
} from '../../model/clone-model.ts';
import { NOT_ISSUED } from '../../model/clone-model.ts';
import { groupBy } from '../../std/grouping.ts';
import { base64UrlEncode } from '../../std/encoding.ts';
import { sha256 } from '../../std/hashing.ts';
import type { Json, JsonObject } from '../../std/json.ts';
import { isReadMethod, type Call } from '../calls/call.ts';
import { memberText, quote } from '../explain/literal.ts';
import { textGenerator } from '../types/generated.ts';
import {
  credentialOf,
  findIssuedValues,
  routeKeyOf,
  shownValues,
  type IssuedKind,
  type IssuedValue,
  type IssuedValues,
  type ShownValue,
} from './issued.ts';
import { endersOf, firstShownOf, usesOf, type Use } from './sign-in-uses.ts';
import { inferAccounts, type Accounts } from './sign-in-accounts.ts';
import { constantReply, issuingReply } from './sign-in-replies.ts';

export interface SignIn {
  readonly routes: readonly Route[];
  readonly entities: readonly EntityType[];
  readonly generators: Readonly<Record<string, Generator>>;
  readonly seed: Readonly<Record<string, readonly JsonObject[]>>;
  readonly issued: IssuedCredentials;
  /** Calls of these routes, by rule. */
  readonly support: ReadonlyMap<string, readonly Call[]>;
  /** Is the exchange one of a sign-in route? */
  isTaken(id: string): boolean;
  /** Credential header of another exchange as later passes see it; undefined where it stays. */
  headerOf(id: string): string | undefined;
}

/** One way to show a value at a route, and what came of it. */
interface Mode {
  readonly kind: IssuedKind;
  readonly shown: Pick<ShownValue, 'source' | 'name'>;
  readonly calls: readonly Call[];
}

/** A condition on what is shown together, over the entity of the value. */
interface Agreement {
  /** Field of the request that issued the value. */
  readonly asked: string;
  readonly text: string;
  holds(issued: Call, shown: Call): boolean;
}

export function inferSignIn(calls: readonly Call[]): SignIn | undefined {
  const issued = findIssuedValues(calls);
  if (issued === undefined) return undefined;
  const pass = new SignInPass(calls, issued);
  return pass.isExplained() ? pass.result() : undefined;
}

/** Share of answers that must be as expected. */
const EXPLAINED_MIN = 0.98;

class SignInPass {
  readonly #calls: readonly Call[];
  readonly #issued: IssuedValues;
  /** Calls of the routes that issue or take values. */
  readonly #own: ReadonlyMap<string, readonly Call[]>;
  readonly #accounts: Accounts | undefined;
  readonly #subjects = new Map<Call, string>();
  readonly #names: ReadonlyMap<IssuedKind, string>;
  readonly #modes = new Map<string, readonly Mode[]>();
  readonly #agreements = new Map<Mode, readonly Agreement[]>();
  readonly #ends = new Map<string, boolean>();
  /** What each call issued. */
  readonly #issuedBy: ReadonlyMap<Call, readonly (readonly [value: string, issued: IssuedValue])[]>;
  /** The call that showed a value first, but as a credential. */
  readonly #firstShown: ReadonlyMap<string, Call>;
  /** Routes whose calls end the credential that they carry. */
  readonly #enders: ReadonlySet<string>;
  /** Where an issued value was shown, and whether it was taken for good there. */
  readonly #uses: ReadonlyMap<string, readonly Use[]>;
  /** Index of the call that ended a value. */
  readonly #endedAt = new Map<string, number>();
  #surprises = 0;

  constructor(calls: readonly Call[], issued: IssuedValues) {
    this.#calls = calls;
    this.#issued = issued;
    this.#issuedBy = groupBy(issued.byValue, ([, { call }]) => call);
    this.#firstShown = firstShownOf(calls);
    this.#uses = usesOf(calls, issued);
    const routes = new Set(issued.kinds.map(({ route }) => route));
    for (const call of calls)
      if (!isReadMethod(call.method) && shownValues(call).some(({ value }) => issued.byValue.has(value)))
        routes.add(routeKeyOf(call));
    this.#enders = endersOf(calls, issued, this.#uses, routes);
    for (const route of this.#enders) routes.add(route);
    this.#own = new Map([...routes].sort().map((key) => [key, calls.filter((call) => routeKeyOf(call) === key)]));
    this.#names = nameKinds(issued.kinds);
    for (const [key, own] of this.#own) this.#modes.set(key, this.#modesOf(own));
    this.#accounts = inferAccounts([...this.#own.values()].flat().filter((call) => this.#isRoot(call)));
    for (const modes of this.#modes.values())
      for (const mode of modes) this.#agreements.set(mode, this.#agreementsOf(mode));
    this.#follow();
  }

  isExplained(): boolean {
    return this.#surprises <= (1 - EXPLAINED_MIN) * this.#calls.length;
  }

  result(): SignIn {
    const generators = new Map<string, Generator>();
    const support = new Map<string, readonly Call[]>();
    const routes = [...this.#own].map(([key, own]) => this.#route(key, own, generators, support));
    const taken = new Set([...this.#own.values()].flat().map(({ id }) => id));
    const headers = new Map(this.#calls.flatMap((call) => this.#rewrittenHeader(call) ?? []));
    const [token] = this.#issued.tokens;
    const { header, prefix } = this.#issued;
    const accounts = this.#accounts;
    const entities = this.#issued.kinds.map((kind) => entityNamed(this.#nameOf(kind), ['value']));
    return {
      routes,
      entities: accounts === undefined ? entities : [...entities, entityNamed(ACCOUNT, [accounts.name])],
      generators: Object.fromEntries(generators),
      seed: accounts === undefined ? {} : { [ACCOUNT]: accounts.entities },
      issued: {
        header,
        prefix,
        type: this.#nameOf(token as IssuedKind),
        subject: 'subject',
        ...(accounts === undefined
          ? {}
          : { accounts: { type: ACCOUNT, fields: [accounts.name, ...accounts.secrets] } }),
      },
      support,
      isTaken: (id) => taken.has(id),
      headerOf: (id) => headers.get(id),
    };
  }

  #nameOf(kind: IssuedKind): string {
    return this.#names.get(kind) as string;
  }

  #shownKind({ value }: ShownValue): IssuedValue | undefined {
    return this.#issued.byValue.get(value);
  }

  /** Does the call show no value of any kind, by no name under which one is ever shown? */
  #isRoot(call: Call): boolean {
    const modes = this.#modes.get(routeKeyOf(call)) ?? [];
    return !this.#shown(call).some((each) => modes.some(({ shown }) => isSamePlace(shown, each)));
  }

  /** What the call shows, its credential among it where that is what the route is about. */
  #shown(call: Call): readonly ShownValue[] {
    const value = this.#enders.has(routeKeyOf(call)) ? credentialOf(call, this.#issued) : undefined;
    return value === undefined
      ? shownValues(call)
      : [{ source: 'credential', name: 'credential', value }, ...shownValues(call)];
  }

  #modesOf(own: readonly Call[]): readonly Mode[] {
    const modes: Mode[] = [];
    for (const call of own)
      for (const each of this.#shown(call)) {
        const kind = this.#shownKind(each)?.kind;
        if (kind === undefined || modes.some(({ shown }) => isSamePlace(shown, each))) continue;
        const calls = own.filter((other) => this.#shown(other).some((value) => isSamePlace(value, each)));
        modes.push({ kind, shown: { source: each.source, name: each.name }, calls });
      }
    return modes;
  }

  #modeOf(call: Call): { readonly mode: Mode; readonly value: string } | undefined {
    for (const mode of this.#modes.get(routeKeyOf(call)) ?? []) {
      const shown = this.#shown(call).find((each) => isSamePlace(each, mode.shown));
      if (shown !== undefined) return { mode, value: shown.value };
    }
    return undefined;
  }

  /** What agrees in everything that was accepted, and is no accident: proof keys, and fields that refused calls had otherwise. */
  #agreementsOf(mode: Mode): readonly Agreement[] {
    const pairs = mode.calls.flatMap((call) => {
      const value = this.#shown(call).find((each) => isSamePlace(each, mode.shown))?.value ?? '';
      const issued = this.#issued.byValue.get(value);
      return issued === undefined ? [] : [{ issued: issued.call, call, isFirst: this.#isFirst(value, call) }];
    });
    const good = pairs.filter(({ call }) => !call.refused);
    const [first] = good;
    if (first === undefined) return [];
    const refused = pairs.filter(({ call, isFirst }) => call.refused && isFirst);
    return shownValues(first.issued).flatMap(({ name: asked }) =>
      shownValues(first.call).flatMap((shown) =>
        isSamePlace(shown, mode.shown)
          ? []
          : RELATIONS.flatMap(({ text, agree, isProof }): readonly Agreement[] => {
              const holds = (issued: Call, call: Call): boolean => {
                const [a, b] = [textAt(issued, asked), textAt(call, shown.name)];
                return a !== undefined && b !== undefined && agree(a, b);
              };
              if (!good.every((pair) => holds(pair.issued, pair.call))) return [];
              if (!isProof && !refused.some((pair) => !holds(pair.issued, pair.call))) return [];
              return [{ asked, text: text(memberText(shown.source, shown.name)), holds }];
            }),
      ),
    );
  }

  /** Was the value shown nowhere before, but as a credential? */
  #isFirst(value: string, call: Call): boolean {
    return this.#firstShown.get(value) === call;
  }

  /**
   * Does a call of this mode end values of the kind: what it shows itself, or what was issued along with that? Told by what was
   * shown for the first time, and what became of it later.
   */
  #endsBy(mode: Mode, kind: IssuedKind, accepted: boolean): boolean {
    const id = `${routeKeyOf(mode.calls[0] as Call)} ${mode.shown.name} ${this.#nameOf(kind)} ${String(accepted)}`;
    const known = this.#ends.get(id);
    if (known !== undefined) return known;
    let ended = 0;
    let stayed = 0;
    for (const call of mode.calls) {
      if (call.refused === accepted) continue;
      const shown = this.#shown(call).find((each) => isSamePlace(each, mode.shown))?.value ?? '';
      const issued = this.#issued.byValue.get(shown);
      if (issued === undefined || (mode.shown.source !== 'credential' && !this.#isFirst(shown, call))) continue;
      const values =
        kind === issued.kind
          ? [shown]
          : this.#issuedWith(issued).flatMap(([value, each]) => (each.kind === kind ? [value] : []));
      for (const value of values) {
        const later = (this.#uses.get(value) ?? []).filter(({ index }) => index > call.index);
        if (later.length === 0) continue;
        if (later.some(({ accepted }) => accepted)) stayed++;
        else ended++;
      }
    }
    const ends = ended > 0 && stayed === 0;
    this.#ends.set(id, ends);
    return ends;
  }

  #issuedWith({ call }: IssuedValue): readonly (readonly [value: string, issued: IssuedValue])[] {
    return this.#issuedBy.get(call) ?? [];
  }

  /** Had the value been issued before the call, and not been ended? */
  #isGood(value: string, call: Call): boolean {
    const issued = this.#issued.byValue.get(value);
    const ended = this.#endedAt.get(value) ?? Infinity;
    return issued !== undefined && issued.call.index < call.index && call.index <= ended;
  }

  /** Goes through the recording: which values are good when, for whom, and which answers are otherwise than that says. */
  #follow(): void {
    for (const call of this.#calls) {
      const credential = credentialOf(call, this.#issued);
      if (!this.#own.has(routeKeyOf(call))) {
        const isOurs = credential !== undefined && this.#issued.byValue.has(credential);
        if (isOurs && this.#isGood(credential, call) === (call.status === 401)) this.#surprises++;
        continue;
      }
      const shown = this.#modeOf(call);
      if (shown !== undefined) {
        const { mode, value } = shown;
        const issued = this.#issued.byValue.get(value);
        const isGood = issued !== undefined && this.#isGood(value, call);
        const isAccepted = isGood && this.#agree(mode, issued.call, call);
        if (this.#issuesBy(mode) && isAccepted === call.refused) this.#surprises++;
        if (isGood)
          for (const each of this.#endedBy(mode, issued, value, isAccepted)) this.#endedAt.set(each, call.index);
      } else if (this.#accounts !== undefined && this.#accounts.accepts(call) === call.refused) this.#surprises++;
      const subject =
        shown === undefined
          ? this.#accounts?.subjectOf(call)
          : this.#subjects.get(this.#issued.byValue.get(shown.value)?.call as Call);
      this.#subjects.set(call, subject ?? ANYBODY);
    }
  }

  #issuesBy(mode: Mode): boolean {
    return mode.calls.some((call) => this.#issuedBy.has(call));
  }

  #agree(mode: Mode, issued: Call, call: Call): boolean {
    return (this.#agreements.get(mode) ?? []).every(({ holds }) => holds(issued, call));
  }

  #endedBy(mode: Mode, issued: IssuedValue, value: string, accepted: boolean): readonly string[] {
    return this.#issuedWith(issued).flatMap(([each, { kind }]) =>
      (kind !== issued.kind || each === value) && this.#endsBy(mode, kind, accepted) ? [each] : [],
    );
  }

  #kindsIssuedBy(calls: readonly Call[]): readonly IssuedKind[] {
    const kinds = new Set(calls.flatMap((call) => (this.#issuedBy.get(call) ?? []).map(([, { kind }]) => kind)));
    return this.#issued.kinds.filter((kind) => kinds.has(kind));
  }

  #rewrittenHeader(call: Call): readonly (readonly [id: string, value: string])[] | undefined {
    const credential = credentialOf(call, this.#issued);
    if (credential === undefined) return undefined;
    const { prefix, byValue } = this.#issued;
    const issued = byValue.get(credential);
    // A credential of another making, that was good: it stays what it is.
    if (issued === undefined && call.status !== 401) return undefined;
    const subject =
      issued !== undefined && this.#isGood(credential, call)
        ? (this.#subjects.get(issued.call) ?? ANYBODY)
        : NOT_ISSUED;
    return [[call.id, prefix + subject]];
  }

  #route(
    key: string,
    own: readonly Call[],
    generators: Map<string, Generator>,
    support: Map<string, readonly Call[]>,
  ): Route {
    const [first] = own as readonly [Call];
    const modes = this.#modes.get(key) ?? [];
    const cases: Rule[] = [];
    const add = (name: string, calls: readonly Call[], rule: Omit<Rule, 'id'>): void => {
      const id = `${key} ${name}`;
      support.set(id, calls);
      cases.push({ id, ...rule });
    };
    const bindings = modes.map(({ kind, shown }, index): Binding => ({
      name: `shown${index === 0 ? '' : index + 1}`,
      type: this.#nameOf(kind),
      key: [shownText(shown)],
    }));
    modes.forEach((mode, index) => {
      const { name } = bindings[index] as Binding;
      const said = `${shownText(mode.shown)} != missing`;
      const there = `${said} && ${name} != missing`;
      const accepted = mode.calls.filter((call) => !call.refused);
      const refused = mode.calls.filter((call) => call.refused);
      const agreements = (this.#agreements.get(mode) ?? []).map(
        ({ asked, text }) => `${memberText(name, asked)} == ${text}`,
      );
      if (accepted.length > 0)
        add(`${mode.shown.name} accepted`, accepted, {
          when: [there, ...agreements].join(' && '),
          ...this.#issuing(key, accepted, `${name}.subject`, this.#endings(mode, name, true), generators),
        });
      if (refused.length > 0) {
        const endings = this.#endings(mode, name, false);
        const reply = constantReply(refused);
        if (agreements.length > 0 && endings.length > 0)
          add(`${mode.shown.name} refused`, refused, { when: there, effects: endings, reply });
        add(`${mode.shown.name} unknown`, refused, { when: said, reply });
      } else if (accepted.length > 0 && this.#kindsIssuedBy(accepted).length === 0)
        add(`${mode.shown.name} unknown`, accepted, { when: said, reply: constantReply(accepted) });
    });
    const root = own.filter((call) => this.#isRoot(call));
    const good = root.filter((call) => !call.refused);
    const bad = root.filter((call) => call.refused);
    if (good.length > 0) {
      const condition = this.#accounts?.condition(ACCOUNT);
      const subject = this.#accounts === undefined ? quote(ANYBODY) : memberText('body', this.#accounts.name);
      add('signed in', good, {
        ...(condition === undefined ? {} : { when: condition }),
        ...this.#issuing(key, good, subject, [], generators),
      });
    }
    if (bad.length > 0) add('refused', bad, { reply: constantReply(bad) });
    const { method, path } = first;
    return { id: key, method, path, ...(bindings.length === 0 ? {} : { bindings }), cases };
  }

  /** What ends with the entity of that name, and what was issued along with it. */
  #endings(mode: Mode, name: string, accepted: boolean): readonly Effect[] {
    return this.#issued.kinds.flatMap((kind): readonly Effect[] => {
      if (kind.route !== mode.kind.route || !this.#endsBy(mode, kind, accepted)) return [];
      return kind === mode.kind
        ? [{ kind: 'delete', target: name }]
        : [{ kind: 'delete-where', type: this.#nameOf(kind), where: `x.issue == ${name}.issue` }];
    });
  }

  #issuing(
    key: string,
    calls: readonly Call[],
    subject: string,
    endings: readonly Effect[],
    generators: Map<string, Generator>,
  ): Pick<Rule, 'let' | 'effects' | 'reply'> {
    const kinds = this.#kindsIssuedBy(calls);
    const generatorOf = (name: string, values: readonly string[]): string | undefined => {
      const generator = textGenerator(values);
      if (generator === undefined) return undefined;
      generators.set(name, generator);
      return `gen(${quote(name)})`;
    };
    const { lets, reply } = issuingReply(calls, {
      made: kinds.map((kind) => ({ kind, variable: variableOf(kind) })),
      subject,
      subjectOf: (call) => this.#subjects.get(call),
      generatorOf: (name, values) => generatorOf(`${key} ${name}`, values),
    });
    const kept = new Set(
      [...this.#agreements].flatMap(([mode, each]) =>
        kinds.includes(mode.kind) ? each.map(({ asked }) => asked) : [],
      ),
    );
    const asked = Object.fromEntries(
      [...kept].map((name): [string, Template] => [name, memberText(sourceOf(calls, name), name)]),
    );
    generators.set('issue', { kind: 'sequence', start: 1, step: 1 });
    const creates = kinds.map((kind): Effect => ({
      kind: 'create',
      type: this.#nameOf(kind),
      as: `made_${variableOf(kind)}`,
      set: { value: variableOf(kind), subject: 'issued_to', issue: 'issue', ...asked },
    }));
    const effects = [...creates, ...endings];
    const all = kinds.length === 0 ? lets : { ...lets, issued_to: subject, issue: 'gen("issue")' };
    return {
      ...(Object.keys(all).length === 0 ? {} : { let: all }),
      ...(effects.length === 0 ? {} : { effects }),
      reply,
    };
  }
}

const ACCOUNT = 'Account';
/** Whom tokens stand for where nothing says so. */
const ANYBODY = 'anybody';

const RELATIONS = [
  { text: (shown: string) => `s256(${shown})`, agree: (a: string, b: string) => a === s256(b), isProof: true },
  { text: (shown: string) => shown, agree: (a: string, b: string) => a === b, isProof: false },
] as const;

const s256 = (text: string): string => base64UrlEncode(sha256(text));

const shownText = ({ source, name }: Pick<ShownValue, 'source' | 'name'>): string =>
  source === 'credential' ? 'credential' : memberText(source, name);

const isSamePlace = (a: Pick<ShownValue, 'source' | 'name'>, b: Pick<ShownValue, 'source' | 'name'>): boolean =>
  a.source === b.source && a.name === b.name;

const textAt = (call: Call, name: string): string | undefined =>
  shownValues(call).find((shown) => shown.name === name)?.value;

const sourceOf = (calls: readonly Call[], name: string): string =>
  shownValues(calls[0] as Call).find((shown) => shown.name === name)?.source ?? 'body';

const variableOf = ({ name }: IssuedKind): string => `new_${name.replace(/[^A-Za-z0-9]/g, '_')}`;

const entityNamed = (name: string, key: readonly string[]): EntityType => ({
  name,
  key,
  views: {
    full: Object.fromEntries(key.map((each): [string, Json] => [each, `it.${each}`])) as Record<string, Template>,
  },
});

/** `access_token` is an AccessToken; kinds of one name are numbered. */
function nameKinds(kinds: readonly IssuedKind[]): ReadonlyMap<IssuedKind, string> {
  const taken = new Set<string>([ACCOUNT]);
  return new Map(
    kinds.map((kind) => {
      const base = `Issued${kind.name.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_all, letter: string) => letter.toUpperCase())}`;
      let name = base;
      for (let count = 2; taken.has(name); count++) name = `${base}${count}`;
      taken.add(name);
      return [kind, name];
    }),
  );
}
