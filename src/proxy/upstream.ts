// How upstreams are reached: pools of connections, certificates checked but for hosts that the user excused.
import { rootCertificates } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';
import { matchesTraffic, type TrafficPattern } from '../core/recording/capture-rules.ts';

export interface UpstreamOptions {
  /** Milliseconds to wait for an upstream: for a connection, for its headers, and between two parts of a body. */
  readonly timeoutMs: number;
  /** Bytes of response headers that are accepted. */
  readonly headerBytesMax: number;
  /** Hosts whose certificates are not checked. */
  readonly insecure: readonly TrafficPattern[];
  /** PEM certificates that are trusted beside the well-known ones. */
  readonly extraCertificates: readonly string[];
}

export interface Upstreams {
  /** The dispatcher for an origin. */
  dispatcherFor(origin: string): Dispatcher;
  /** What TLS connections to the origin want, for those that are not made by a dispatcher. */
  tlsOptionsFor(origin: string): { readonly rejectUnauthorized: boolean; readonly ca?: readonly string[] };
  close(): Promise<void>;
}

export function createUpstreams({
  timeoutMs,
  headerBytesMax,
  insecure,
  extraCertificates,
}: UpstreamOptions): Upstreams {
  const ca = extraCertificates.length > 0 ? { ca: [...rootCertificates, ...extraCertificates] } : {};
  const agent = (rejectUnauthorized: boolean) =>
    new Agent({
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: timeoutMs, rejectUnauthorized, ...ca },
      maxHeaderSize: headerBytesMax,
      pipelining: 1,
    });
  const careful = agent(true);
  const trusting = insecure.length > 0 ? agent(false) : careful;
  const isInsecure = (origin: string) => insecure.some((pattern) => matchesTraffic(pattern, new URL(origin).host, '/'));
  return {
    dispatcherFor: (origin) => (trusting !== careful && isInsecure(origin) ? trusting : careful),
    tlsOptionsFor: (origin) => ({ rejectUnauthorized: !isInsecure(origin), ...ca }),
    close: async () => {
      await Promise.all([careful.destroy(), trusting.destroy()]);
    },
  };
}
