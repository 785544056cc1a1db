// Which session a request belongs to, and whether the original was reset before that session.
import type { Session } from './recording.ts';

export interface SessionBook {
  /**
   * The name under which exchanges of the session are recorded.
   * @param name as the client or the command line said it; undefined is the session of this run
   * @param fresh the client says that the original was reset before the session
   */
  use(name: string | undefined, fresh: boolean): string;
}

export interface SessionBookOptions {
  /** Sessions that the recording holds from earlier runs. */
  readonly earlier: readonly Session[];
  /** Name of the session of requests that name none. */
  readonly defaultName: string;
  /** The original was reset before this run, hence before its first session. */
  readonly fresh: boolean;
  readonly onNew: (session: Session) => void;
}

/**
 * Sessions begin with their first request. A session that starts fresh never continues one of the same name from an
 * earlier run: it gets a name of its own, `NAME~2`.
 */
export function createSessionBook({ earlier, defaultName, fresh: freshRun, onNew }: SessionBookOptions): SessionBook {
  const taken = new Set(earlier.map((session) => session.name));
  const ofThisRun = new Map<string, string>();
  return {
    use: (name = defaultName, freshHeader) => {
      const known = ofThisRun.get(name);
      if (known !== undefined) return known;
      const fresh = freshHeader || (freshRun && ofThisRun.size === 0);
      const recorded = fresh ? unusedName(name, taken) : name;
      ofThisRun.set(name, recorded);
      if (!taken.has(recorded)) {
        taken.add(recorded);
        onNew({ name: recorded, start: fresh ? 'fresh' : 'continues' });
      }
      return recorded;
    },
  };
}

/** A name like this one that is not taken: `NAME`, `NAME~2`, `NAME~3` … */
export function unusedName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}~${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
