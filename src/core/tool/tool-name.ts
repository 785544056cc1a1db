// Names of tools: the method and the literal segments of a path, and the parameter that it ends with: `get_issues_by_issue`.
import { parseRoutePath } from '../model/route-path.ts';
import { toolNameLengthMax } from '../std/limits.ts';

export interface NamedRoute {
  /** Put before the name where a clone has several services. */
  readonly service?: string;
  readonly method: string;
  readonly path: string;
}

/** Unique names of letters, digits and `_`, one for each route, in their order. */
export function toolNames(routes: readonly NamedRoute[]): readonly string[] {
  const short = routes.map((route) => nameOf(route, false));
  const taken = new Set<string>();
  return routes.map((route, index) => {
    const own = short[index] as string;
    const isShared = short.indexOf(own) !== short.lastIndexOf(own);
    const name = unused(isShared ? nameOf(route, true) : own, taken);
    taken.add(name);
    return name;
  });
}

/** With all of its parameters, or with the last one only. */
function nameOf({ service, method, path }: NamedRoute, hasAll: boolean): string {
  const segments = parseRoutePath(path);
  const parts = segments.map((segment, index) => {
    if (segment.kind === 'literal') return segment.text;
    return hasAll || index === segments.length - 1 ? `by_${segment.name}` : '';
  });
  return [service ?? '', method.toLowerCase(), ...parts]
    .map(word)
    .filter(Boolean)
    .join('_')
    .slice(0, toolNameLengthMax);
}

function word(text: string): string {
  return text.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
}

function unused(name: string, taken: ReadonlySet<string>): string {
  for (let number = 2, tried = name; ; number += 1) {
    if (!taken.has(tried)) return tried;
    const ending = `_${number}`;
    tried = name.slice(0, toolNameLengthMax - ending.length) + ending;
  }
}
