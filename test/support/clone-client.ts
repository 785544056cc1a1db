// Drives a loaded model request by request, keeping the world as an episode would.
import type { Header } from '../../src/core/exchange/exchange.ts';
import { initialWorld, step, type LoadedModel, type Transition, type World } from '../../src/core/runtime/step.ts';
import { parseJson, printJson, type Json } from '../../src/core/std/json.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, else text. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look inside with paths they know
  readonly body: any;
  readonly transition: Transition;
}

export class CloneClient {
  readonly loaded: LoadedModel;
  world: World;

  constructor(loaded: LoadedModel, seed = 1, world = initialWorld(loaded, seed)) {
    this.loaded = loaded;
    this.world = world;
  }

  /** A second client that goes on from here. */
  fork(): CloneClient {
    return new CloneClient(this.loaded, 0, this.world);
  }

  send(method: string, target: string, body?: Json, headers: readonly Header[] = []): Answer {
    const result = step(this.loaded, this.world, {
      origin: this.loaded.model.services[0]?.origins[0] ?? '',
      method,
      target,
      headers: body === undefined ? headers : [['content-type', 'application/json'], ...headers],
      ...(body === undefined ? {} : { body: { text: printJson(body) } }),
    });
    this.world = result.world;
    const { response, transition } = result;
    const text =
      response.body === undefined ? undefined : 'text' in response.body ? response.body.text : response.body.base64;
    const responseHeaders = Object.fromEntries(response.headers);
    const isJson = responseHeaders['content-type'] === 'application/json' || text?.startsWith('{');
    return {
      status: response.status,
      headers: responseHeaders,
      body: text !== undefined && isJson ? parseJson(text) : text,
      transition,
    };
  }

  get(target: string): Answer {
    return this.send('GET', target);
  }

  post(target: string, body: Json = {}): Answer {
    return this.send('POST', target, body);
  }
}
