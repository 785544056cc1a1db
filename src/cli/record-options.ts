// The options of `mynah record`, from the words of the command line to what they mean.
import { readFileSync } from 'node:fs';
import {
  parseTrafficPattern,
  type CaptureRules,
  type TrafficPattern,
  type WriteGuard,
} from '../core/recording/capture-rules.ts';
import { environmentProxy, type Environment, type OriginParts } from '../core/recording/upstream-proxy.ts';
import { DEFAULT_REDACTION_RULES, type RedactionRules } from '../core/recording/redaction-rules.ts';
import { MynahError } from '../core/std/errors.ts';
import type { ClientCertificate } from '../proxy/upstream.ts';
import { keepableRules, readRedactionRules } from './redaction-rules-file.ts';

/** What the user says about secrets. */
export interface RedactionOptions {
  readonly secretName?: readonly string[];
  readonly plainName?: readonly string[];
  readonly keep?: readonly string[];
  /** Path of a file of rules. */
  readonly rules?: string;
}

export interface RecordOptions extends RedactionOptions {
  readonly listen?: string;
  readonly reverse?: readonly string[];
  readonly tls: boolean;
  readonly out: string;
  readonly session?: string;
  readonly fresh: boolean;
  readonly rewrite: boolean;
  readonly upstream?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly passThrough?: readonly string[];
  readonly keepHost?: readonly string[];
  readonly clientCert?: readonly string[];
  /** URL of a proxy, or false for none at all; by default what the environment says. */
  readonly via: string | boolean;
  readonly budget?: number;
  readonly follow: boolean;
  readonly readOnly?: readonly string[];
  readonly allow?: readonly string[];
  readonly insecureUpstream?: readonly string[];
  readonly upstreamCa?: readonly string[];
  readonly bodyMax: number;
  readonly requestBodyMax: number;
  readonly upstreamTimeout: number;
  readonly clientTimeout: number;
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
export function captureRules({ include, exclude, passThrough }: RecordOptions): CaptureRules {
  const unopened = trafficPatterns('--pass-through', passThrough);
  if (unopened.some(({ path }) => path !== undefined))
    throw usage('--pass-through wants hosts; what is not opened has no path that could be seen');
  const excluded = trafficPatterns('--exclude', exclude);
  return { include: trafficPatterns('--include', include), exclude: [...excluded, ...unopened] };
}

/** One server that the recorder stands in front of. */
export interface ReverseUpstream {
  readonly origin: string;
  /** Undefined: where `--listen` says. */
  readonly listen: string | undefined;
}

/** `URL` or `[HOST:]PORT=URL` each; only the first may leave its address to `--listen`. @throws MynahError ERR_USAGE */
export function reverseUpstreams(texts: readonly string[] = []): readonly ReverseUpstream[] {
  return texts.map((text, index) => {
    const [, listen, url = ''] = /^(?:([^=/]+)=)?(.*)$/s.exec(text) ?? [];
    if (listen === undefined && index > 0)
      throw usage(`--reverse ${text} wants an address of its own after the first: --reverse PORT=${text}`);
    return { origin: upstreamOrigin('--reverse', url), listen };
  });
}

/** `HOST=CERT.pem,KEY.pem` each, or one file that holds both. @throws MynahError ERR_USAGE, ERR_FILE_NOT_FOUND */
export function clientCertificates(texts: readonly string[] = []): readonly ClientCertificate[] {
  return texts.map((text) => {
    const [, host = '', certificate = '', key = certificate] = /^([^=]+)=([^,]+)(?:,(.+))?$/s.exec(text) ?? [];
    const pattern = parseTrafficPattern(host);
    if (pattern === undefined)
      throw usage(`--client-cert wants HOST=CERT.pem,KEY.pem, or HOST=FILE.pem that holds both, not "${text}"`);
    const [certificateText = '', keyText = ''] = readPemFiles([certificate, key]);
    if (!certificateText.includes('BEGIN CERTIFICATE') || !/BEGIN [A-Z ]*PRIVATE KEY/.test(keyText))
      throw usage(`--client-cert ${host}: ${certificate} must hold a certificate and ${key} its key, both as PEM`);
    return { pattern, certificate: certificateText, key: keyText };
  });
}

/** The proxy that an origin is asked through. @throws MynahError ERR_USAGE */
export function viaProxy(via: string | boolean, environment: Environment): (origin: OriginParts) => string | undefined {
  if (via === false) return () => undefined;
  if (via === true) {
    return (origin) => {
      const named = environmentProxy(environment, origin);
      // Variables may name proxies of other kinds (SOCKS) for other programs.
      return named !== undefined && isHttpUrl(named) ? named : undefined;
    };
  }
  if (!isHttpUrl(via)) throw usage(`--via wants the URL of an HTTP proxy, for example http://proxy:3128, not "${via}"`);
  return () => via;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
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

/** @throws MynahError ERR_USAGE, ERR_FILE_NOT_FOUND, ERR_REDACTION_RULES */
export function redactionRules({
  secretName = [],
  plainName = [],
  keep = [],
  rules,
}: RedactionOptions): RedactionRules {
  for (const kind of keep) {
    if (!['email', 'phone', 'card'].includes(kind)) throw usage(`--keep knows email, phone and card, not "${kind}"`);
  }
  const base: RedactionRules = {
    ...DEFAULT_REDACTION_RULES,
    email: !keep.includes('email'),
    phone: !keep.includes('phone'),
    card: !keep.includes('card'),
    secretNames: secretName,
    plainNames: plainName,
  };
  return rules === undefined ? base : readRedactionRules(rules, base);
}

/**
 * The rules that a recording is made under, as the recording keeps them for later readers.
 * @throws MynahError ERR_USAGE
 */
export function recordedRules(options: RecordOptions): Readonly<Record<string, unknown>> {
  return {
    redaction: keepableRules(redactionRules(options)),
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
