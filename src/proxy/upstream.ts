// How upstreams are reached: pools of connections, certificates checked but for hosts that the user excused, client
// certificates where a host wants one, and through another proxy where one stands in between.
import { rootCertificates } from 'node:tls';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { matchesTraffic, type TrafficPattern } from '../core/recording/capture-rules.ts';
import type { OriginParts } from '../core/recording/upstream-proxy.ts';
import { Http2Dispatcher } from './upstream-http2.ts';
import { tunnelConnector } from './upstream-tunnel.ts';

/** What the recorder shows to a server that asks who its client is. */
export interface ClientCertificate {
  readonly pattern: TrafficPattern;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

export interface UpstreamOptions {
  /** Milliseconds to wait for an upstream: for a connection, for its headers, and between two parts of a body. */
  readonly timeoutMs: number;
  /** Bytes of response headers that are accepted. */
  readonly headerBytesMax: number;
  /** Hosts whose certificates are not checked. */
  readonly insecure: readonly TrafficPattern[];
  /** PEM certificates that are trusted beside the well-known ones. */
  readonly extraCertificates: readonly string[];
  /** The first whose pattern matches is shown. */
  readonly clientCertificates?: readonly ClientCertificate[];
  /** URL of the proxy that an origin is asked through; undefined for none. */
  readonly viaOf?: (origin: OriginParts) => string | undefined;
}

/** What TLS connections to an origin want. */
export interface UpstreamTls {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
}

/** How one origin is reached. */
export interface UpstreamAccess {
  readonly tls: UpstreamTls;
  /** URL of the proxy that stands in between. */
  readonly via: string | undefined;
}

export interface Upstreams {
  /** The dispatcher for an origin. */
  dispatcherFor(origin: string): Dispatcher;
  /** The same for a client that speaks HTTP/2: the origin is asked over it where it speaks it, too. */
  http2For(origin: string): Http2Dispatcher;
  /** The same for connections that are not made by a dispatcher. */
  accessTo(origin: string): UpstreamAccess;
  close(): Promise<void>;
}

/** What asks origins that are reached in the same way. */
interface Dispatchers {
  readonly http1: Dispatcher;
  readonly http2: Http2Dispatcher;
}

/** Origins whose access is remembered; clients may name any number. */
const REMEMBERED_MAX = 10_000;

export function createUpstreams(options: UpstreamOptions): Upstreams {
  const { timeoutMs, headerBytesMax, insecure, extraCertificates, clientCertificates = [], viaOf } = options;
  const ca = extraCertificates.length > 0 ? { ca: [...rootCertificates, ...extraCertificates] } : {};
  const reached = new Map<string, { readonly access: UpstreamAccess; readonly dispatchers: Dispatchers }>();
  /** One of each for all origins that are reached in the same way. */
  const byKind = new Map<string, Dispatchers>();

  function accessOf(origin: string): UpstreamAccess & { readonly kind: string } {
    const url = new URL(origin);
    const matches = (pattern: TrafficPattern) => matchesTraffic(pattern, url.host, '/');
    const shown = clientCertificates.findIndex(({ pattern }) => matches(pattern));
    const certificate = clientCertificates[shown];
    const rejectUnauthorized = !insecure.some(matches);
    const via = viaOf?.(originParts(url));
    return {
      tls: {
        rejectUnauthorized,
        ...ca,
        ...(certificate ? { cert: certificate.certificate, key: certificate.key } : {}),
      },
      via,
      kind: JSON.stringify([rejectUnauthorized, shown, via]),
    };
  }

  function dispatchersOf({ tls, via }: UpstreamAccess): Dispatchers {
    const connect = { timeout: timeoutMs, ...tls };
    const http1 = new Agent({
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: via === undefined ? connect : tunnelConnector(via, timeoutMs, connect),
      maxHeaderSize: headerBytesMax,
      pipelining: 1,
    });
    const either = { ...connect, allowH2: true };
    const connector = via === undefined ? buildConnector(either) : tunnelConnector(via, timeoutMs, either);
    return { http1, http2: new Http2Dispatcher({ connector, http1, timeoutMs, headerBytesMax }) };
  }

  function reach(origin: string) {
    let found = reached.get(origin);
    if (found === undefined) {
      if (reached.size >= REMEMBERED_MAX) reached.clear();
      const { kind, ...access } = accessOf(origin);
      const dispatchers = byKind.get(kind) ?? dispatchersOf(access);
      byKind.set(kind, dispatchers);
      reached.set(origin, (found = { access, dispatchers }));
    }
    return found;
  }

  return {
    dispatcherFor: (origin) => reach(origin).dispatchers.http1,
    http2For: (origin) => reach(origin).dispatchers.http2,
    accessTo: (origin) => reach(origin).access,
    close: async () => {
      for (const { http2 } of byKind.values()) http2.destroy();
      await Promise.all([...byKind.values()].map(({ http1 }) => http1.destroy()));
    },
  };
}

function originParts(url: URL): OriginParts {
  const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
  const port = Number(url.port) || (protocol === 'https:' ? 443 : 80);
  return { protocol, hostname: url.hostname.replace(/^\[|\]$/g, ''), port };
}
