// The options of `mynah record`, from the words of the command line to what they mean.
import { readFileSync } from 'node:fs';
import {
  parseTrafficPattern,
  type CaptureRules,
  type TrafficPattern,
  type WriteGuard,
} from '../core/recording/capture-rules.ts';
import { DEFAULT_REDACTION_RULES, type RedactionRules } from '../core/recording/redaction-rules.ts';
import { MynahError } from '../core/std/errors.ts';

/** What the user says about secrets. */
export interface RedactionOptions {
  readonly secretName?: readonly string[];
  readonly plainName?: readonly string[];
  readonly keep?: readonly string[];
}

export interface RecordOptions extends RedactionOptions {
  readonly listen?: string;
  readonly reverse?: string;
  readonly out: string;
  readonly session?: string;
  readonly fresh: boolean;
  readonly rewrite: boolean;
  readonly upstream?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly readOnly?: readonly string[];
  readonly allow?: readonly string[];
  readonly insecureUpstream?: readonly string[];
  readonly upstreamCa?: readonly string[];
  readonly bodyMax: number;
  readonly requestBodyMax: number;
  readonly upstreamTimeout: number;
}

/** The origin that a URL names. @throws MynahError ERR_USAGE */
export function upstreamOrigin(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.username !== ''
  ) {
    throw usage(
      `${option} wants the origin of a server, for example http://127.0.0.1:3000, not "${text}"; paths stay as clients ask for them`,
    );
  }
  return url.origin;
}

/** `HOST=URL` each. @throws MynahError ERR_USAGE */
export function upstreamMap(texts: readonly string[] = []): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const equals = text.indexOf('=');
      const pattern = parseTrafficPattern(text.slice(0, Math.max(0, equals)));
      if (pattern === undefined || pattern.path !== undefined || pattern.host.includes('*')) {
        throw usage(`--upstream wants HOST=URL, for example api.example.com=http://127.0.0.1:3000, not "${text}"`);
      }
      return [pattern.host, upstreamOrigin('--upstream', text.slice(equals + 1))] as const;
    }),
  );
}

/** @throws MynahError ERR_USAGE */
export function trafficPatterns(option: string, texts: readonly string[] = []): readonly TrafficPattern[] {
  return texts.map((text) => {
    const pattern = parseTrafficPattern(text);
    if (pattern === undefined)
      throw usage(`${option} wants HOST or HOST/PATH, for example api.example.com/v1/*, not "${text}"`);
    return pattern;
  });
}

/** @throws MynahError ERR_USAGE */
export function captureRules({ include, exclude }: RecordOptions): CaptureRules {
  return { include: trafficPatterns('--include', include), exclude: trafficPatterns('--exclude', exclude) };
}

/** @throws MynahError ERR_USAGE */
export function writeGuard({ readOnly, allow = [] }: RecordOptions): WriteGuard {
  const words = allow
    .join(' ')
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length % 2 !== 0)
    throw usage(
      `--allow wants METHOD HOST/PATH, for example --allow POST api.example.com/search, not "${allow.join(' ')}"`,
    );
  const rules = [];
  for (let i = 0; i < words.length; i += 2) {
    const [pattern] = trafficPatterns('--allow', [words[i + 1] as string]);
    rules.push({ method: (words[i] as string).toUpperCase(), pattern: pattern as TrafficPattern });
  }
  return { readOnly: trafficPatterns('--read-only', readOnly), allow: rules };
}

/** @throws MynahError ERR_USAGE */
export function redactionRules({ secretName = [], plainName = [], keep = [] }: RedactionOptions): RedactionRules {
  for (const kind of keep) {
    if (!['email', 'phone', 'card'].includes(kind)) throw usage(`--keep knows email, phone and card, not "${kind}"`);
  }
  return {
    ...DEFAULT_REDACTION_RULES,
    email: !keep.includes('email'),
    phone: !keep.includes('phone'),
    card: !keep.includes('card'),
    secretNames: secretName,
    plainNames: plainName,
  };
}

/**
 * The rules that a recording is made under, as the recording keeps them for later readers.
 * @throws MynahError ERR_USAGE
 */
export function recordedRules(options: RecordOptions): Readonly<Record<string, unknown>> {
  return {
    redaction: redactionRules(options),
    include: options.include ?? [],
    exclude: options.exclude ?? [],
    bodyMax: options.bodyMax,
  };
}

/** @throws MynahError ERR_FILE_NOT_FOUND */
export function readPemFiles(paths: readonly string[] = []): readonly string[] {
  return paths.map((path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new MynahError(
        'ERR_FILE_NOT_FOUND',
        `cannot read the certificates in ${path}: ${(error as Error).message}`,
        { path },
        error,
      );
    }
  });
}

/** @throws MynahError ERR_USAGE */
export function sessionName(text: string | undefined): string | undefined {
  if (text === '') throw usage('--session wants a name');
  return text;
}

/** @throws MynahError ERR_USAGE */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw usage(`"${text}" is not a number above zero`);
  return value;
}

function usage(message: string): MynahError {
  return new MynahError('ERR_USAGE', message);
}
