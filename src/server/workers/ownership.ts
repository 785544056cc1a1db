// Which worker an episode belongs to: its id alone says so, so that nobody has to remember or ask.

/** From 0 to `count` - 1: FNV-1a of the id. */
export function ownerOf(id: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % count;
}

/** An id out of `newId` that belongs to this worker. */
export function ownId(newId: () => string, index: number, count: number): string {
  for (;;) {
    const id = newId();
    if (ownerOf(id, count) === index) return id;
  }
}
