// Lists that the original sorts by an id it made up: their order tells nothing that a clone could know.
import type { HttpResponse } from '../exchange/exchange.ts';
import { viewBody } from '../exchange/request-view.ts';
import { isArray, isObject, type Json, type JsonObject } from '../std/json.ts';
import { looksMadeUp } from './made-up.ts';

/** Pairs of neighbours that have to stand in one direction before an order counts as one. */
const PAIRS_MIN = 4;

interface Directions {
  up: number;
  down: number;
}

/** Collects answers of one route; `unordered()` then gives the paths (`$.items`, `$.groups[].members`) of such lists. */
export class GeneratedOrder {
  private readonly tallies = new Map<string, Map<string, Directions>>();

  add(response: HttpResponse): void {
    const { body, kind } = viewBody(response.body, response.headers);
    if (kind === 'json' && body !== undefined) this.visit(body, '$');
  }

  unordered(): ReadonlySet<string> {
    const paths = [...this.tallies].filter(([, keys]) =>
      [...keys.values()].some(({ up, down }) => up + down >= PAIRS_MIN && (up === 0 || down === 0)),
    );
    return new Set(paths.map(([path]) => path));
  }

  private visit(value: Json, path: string): void {
    if (isArray(value)) {
      if (value.length > 1 && value.every(isObject)) this.tally(value as readonly JsonObject[], path);
      for (const element of value) this.visit(element, `${path}[]`);
    } else if (isObject(value)) {
      for (const [key, member] of Object.entries(value)) this.visit(member, `${path}.${key}`);
    }
  }

  private tally(elements: readonly JsonObject[], path: string): void {
    const keys = Object.keys(elements[0] as JsonObject).filter((key) =>
      elements.every((element) => {
        const value = element[key];
        return typeof value === 'string' && looksMadeUp(value);
      }),
    );
    const tally = this.tallies.get(path) ?? new Map<string, Directions>();
    this.tallies.set(path, tally);
    for (const key of keys) {
      const directions = tally.get(key) ?? { up: 0, down: 0 };
      tally.set(key, directions);
      for (const [index, element] of elements.entries()) {
        const before = elements[index - 1]?.[key] as string | undefined;
        if (before === undefined || before === element[key]) continue;
        directions[before < (element[key] as string) ? 'up' : 'down']++;
      }
    }
  }
}
