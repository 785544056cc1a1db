// A synthetic service: style, collections and behaviours drawn from a seed. `handle` is all that a client sees of it.
import { Dice } from '../dice.ts';
import type { User } from '../user.ts';
import { NOUNS, spell } from '../words.ts';
import { Collection } from './collection.ts';
import { drawFields } from './fields.ts';
import { drawIdFormat, SCOPED_NUMBER } from './ids.ts';
import { drawStyle, type Problem, type Style } from './style.ts';
import { Turn, type GymRequest, type Principal, type Reply } from './turn.ts';

export type Handler = (turn: Turn) => Reply;

/** Something that clients of the service do now and then. */
export interface Move {
  readonly weight: number;
  readonly run: (user: User) => void;
}

/** 2026-03-02T08:00:00Z: when every service has just been set up. */
export const GYM_START = 1_772_438_400_000;

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** Literal segments: more of them win. */
  readonly rank: number;
  readonly handler: Handler;
}

export class Service {
  /** Decides what the service is. */
  readonly dice: Dice;
  /** Makes ids at run time. */
  entropy: Dice;
  readonly style: Style;
  readonly collections: Collection[];
  readonly moves: Move[] = [];
  /** Method that changes things. */
  changing = 'PATCH';
  readonly principals: Principal[] = [];
  /** Headers by which a principal signs requests. */
  sign: (principal: Principal) => Readonly<Record<string, string>> = () => ({});
  /** Asked before routing; the first answer is the answer. */
  readonly gates: ((turn: Turn) => Reply | undefined)[] = [];
  /** Have the last word on every answer. */
  readonly finishers: ((reply: Reply, turn: Turn) => Reply)[] = [];
  private readonly routes: Route[] = [];

  /**
   * Decides style and collections; behaviours are installed from outside, then the service opens.
   * @param kinds how many collections, two or three unless told
   */
  constructor(seed: number | string, kinds?: number) {
    this.dice = new Dice(`service ${seed}`);
    this.entropy = new Dice(`service ${seed} before its first client`);
    this.style = drawStyle(this.dice);
    this.collections = this.drawCollections(kinds ?? 2 + this.dice.below(2));
  }

  /**
   * Fills the collections and lets clients in.
   * @param run decides what ids this run makes; what is there before is the same in all runs
   */
  open(run: number | string): void {
    this.fill();
    this.entropy = new Dice(`run ${run}`);
  }

  private drawCollections(kinds: number): Collection[] {
    const collections: Collection[] = [];
    for (const noun of this.dice.some(NOUNS, kinds)) {
      const above = collections[0];
      const parent = collections.length === 1 && this.dice.chance(0.5) ? above : undefined;
      const ids = parent !== undefined && this.dice.chance(0.5) ? SCOPED_NUMBER : drawIdFormat(this.dice, noun);
      collections.push(new Collection(this, noun, parent, drawFields(this.dice, this.style.casing), ids));
    }
    return collections;
  }

  /** What there is before the first client comes. */
  private fill(): void {
    for (const collection of this.collections) {
      const count = 2 + this.dice.below(4);
      for (let made = 0; made < count; made++) {
        const parent = collection.parent === undefined ? undefined : this.dice.pick(collection.parent.rows);
        const members = Object.fromEntries(collection.fields.map(({ name, draw }) => [name, draw(this.dice)]));
        collection.add(members, parent, GYM_START - (count - made) * 86_400_000 - this.dice.below(80_000_000));
      }
    }
  }

  /** A member's name in the spelling of the service: `created at`. */
  spell(words: string): string {
    return spell(words, this.style.casing);
  }

  /** A route, in place of an earlier one for the same method and path. */
  route(method: string, template: string, handler: Handler): void {
    const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
    const source = template.replace(/[.*+?^$|()[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '([^/]+)');
    const rank = template.split('/').filter((segment) => !segment.includes('{')).length;
    const pattern = new RegExp(`^${source}$`);
    const earlier = this.routes.findIndex((each) => each.method === method && each.pattern.source === pattern.source);
    if (earlier >= 0) this.routes.splice(earlier, 1);
    this.routes.push({ method, pattern, names, rank, handler });
    this.routes.sort((a, b) => b.rank - a.rank);
  }

  /** Methods of the routes that match a path. */
  methodsOf(path: string): string[] {
    return [...new Set(this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
  }

  /** Answers one request; the turn tells what it exercised. */
  handle(request: GymRequest, now: number): { readonly reply: Reply; readonly turn: Turn } {
    const turn = new Turn(request, now);
    const reply = this.finishers.reduce((last, finisher) => finisher(last, turn), this.firstReply(turn));
    return { reply, turn };
  }

  private firstReply(turn: Turn): Reply {
    for (const gate of this.gates) {
      const reply = gate(turn);
      if (reply !== undefined) return reply;
    }
    return this.dispatch(turn);
  }

  /** Past the gates: the route's own answer. */
  dispatch(turn: Turn): Reply {
    for (const { method, pattern, names, handler } of this.routes) {
      if (method !== turn.request.method) continue;
      const match = pattern.exec(turn.request.path);
      if (match === null) continue;
      turn.params = Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(match[at + 1] as string)]));
      return handler(turn);
    }
    turn.exercise('unknown paths', 'outcome');
    return this.refuse({ status: 404, code: 'unknown_route', message: 'Unknown route' });
  }

  refuse(problem: Problem): Reply {
    return { status: problem.status, body: this.style.error(problem) };
  }
}
