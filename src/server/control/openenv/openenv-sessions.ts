// How many sessions OpenEnv clients have: their sockets, and those that they make and close by JSON-RPC.
import { MynahError } from '../../../core/std/errors.ts';
import type { EpisodeRegistry } from '../episode-registry.ts';

export class OpenEnvSessions {
  readonly max: number;
  #sockets = 0;
  readonly #named = new Set<string>();

  constructor(max: number) {
    this.max = max;
  }

  get count(): number {
    return this.#sockets + this.#named.size;
  }

  get isFull(): boolean {
    return this.count >= this.max;
  }

  /** What a client is told when there are as many as there may be. */
  get fullText(): string {
    return `Server at capacity: ${this.count}/${this.max} sessions active. Cannot accept new connections.`;
  }

  /** A socket that was accepted; call what it gives when the socket is gone. */
  enter(): () => void {
    this.#sockets += 1;
    return () => (this.#sockets -= 1);
  }

  /** A session by JSON-RPC is an episode, and has its id. */
  async open(registry: EpisodeRegistry): Promise<string> {
    const { id } = await registry.create();
    this.#named.add(id);
    return id;
  }

  /** Is this the id of an episode that is not finished? It may be from before the server was started again. */
  knows(id: string, registry: EpisodeRegistry): boolean {
    try {
      return !registry.open(id).episode.finished;
    } catch (error) {
      if (error instanceof MynahError) return false;
      throw error;
    }
  }

  /** Ends the episode of a session. Its log stays. */
  async close(id: string, registry: EpisodeRegistry): Promise<void> {
    await registry.finish(id, null);
    registry.release(id);
    this.#named.delete(id);
  }
}
