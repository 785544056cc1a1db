// A service of calls by POST: rooms with notes in them. What a note belongs to, only requests say.
import { Dice, ok, toy, type MakeToy, type Script } from './toy-recording.ts';

interface Note {
  readonly ts: string;
  readonly by: string;
  text: string;
  readonly thread?: string;
  readonly topic?: string;
}

interface Room {
  readonly id: string;
  name: string;
  topic: string;
}

/** Notes are known by second and counter; a change of topic leaves a note of its own in the room. */
export const makeDesk: MakeToy = () => {
  const rooms = new Map<string, Room>();
  const notes = new Map<string, Note[]>();
  const no = (error: string) => ok({ ok: false, error });
  let lastRoom = 0;
  let lastNote = 0;
  const stamp = (now: number): string => `${Math.floor(now / 1000)}.${String((lastNote += 1)).padStart(6, '0')}`;
  const notesOf = (body: unknown): Note[] | undefined => notes.get((body as { room: string }).room);
  return toy({
    'POST /rpc/rooms.create': ({ body }) => {
      const { name } = body as Room;
      if ([...rooms.values()].some((room) => room.name === name)) return no('name_taken');
      const room = { id: `R${String((lastRoom += 7919)).padStart(8, '0')}`, name, topic: '' };
      rooms.set(room.id, room);
      notes.set(room.id, []);
      return ok({ ok: true, room });
    },
    'POST /rpc/rooms.topic': ({ body, now }) => {
      const { room: id, topic } = body as { room: string; topic: string };
      const room = rooms.get(id);
      if (room === undefined) return no('no_such_room');
      room.topic = topic;
      notes.get(id)?.push({ ts: stamp(now), by: 'desk', text: `the topic is now: ${topic}`, topic });
      return ok({ ok: true, room });
    },
    'POST /rpc/notes.post': ({ body, now }) => {
      const { text, thread } = body as Note;
      const own = notesOf(body);
      if (own === undefined) return no('no_such_room');
      if (thread !== undefined && !own.some(({ ts }) => ts === thread)) return no('no_such_note');
      const note = { ts: stamp(now), by: 'ada', text, ...(thread === undefined ? {} : { thread }) };
      own.push(note);
      return ok({ ok: true, note });
    },
    'POST /rpc/notes.list': ({ body }) => {
      const own = notesOf(body);
      if (own === undefined) return no('no_such_room');
      const { limit = 100 } = body as { limit?: number };
      const top = own.filter(({ thread }) => thread === undefined).reverse();
      return ok({ ok: true, notes: top.slice(0, limit), next: top[limit]?.ts ?? '' });
    },
    'POST /rpc/notes.thread': ({ body }) => {
      const { ts } = body as Note;
      const shown = notesOf(body)?.filter((note) => note.ts === ts || note.thread === ts);
      return shown === undefined || shown.length === 0 ? no('no_such_note') : ok({ ok: true, notes: shown });
    },
    'POST /rpc/notes.delete': ({ body }) => {
      const own = notesOf(body) ?? [];
      const at = own.findIndex(({ ts }) => ts === (body as Note).ts);
      if (at < 0) return no('no_such_note');
      const [{ ts }] = own.splice(at, 1) as [Note];
      return ok({ ok: true, ts });
    },
  });
};

/** Somebody who uses the desk at random. */
export function deskVisit(seed: number, steps: number): Script {
  return (client) => {
    const dice = new Dice(seed);
    const rooms: string[] = [];
    const notes: { room: string; ts: string; thread: string | undefined }[] = [];
    const create = (): void => {
      const { room } = client.post('/rpc/rooms.create', { name: dice.word() }).body as { room?: Room };
      if (room !== undefined) rooms.push(room.id);
    };
    const post = (room: string, thread?: string): void => {
      const text = `${dice.word()} ${dice.word()}`;
      const { note } = client.post('/rpc/notes.post', { room, text, ...(thread === undefined ? {} : { thread }) })
        .body as { note?: Note };
      if (note !== undefined) notes.push({ room, ts: note.ts, thread });
    };
    create();
    post(rooms[0] as string);
    for (let at = 0; at < steps; at++) {
      const room = dice.pick(rooms);
      const note = dice.pick(notes);
      const choice = dice.throw();
      if (choice < 0.08) create();
      else if (choice < 0.3) post(room);
      else if (choice < 0.4) post(note.room, note.thread ?? note.ts);
      else if (choice < 0.48) client.post('/rpc/rooms.topic', { room, topic: `${dice.word()} ${dice.word()}` });
      else if (choice < 0.62) client.post('/rpc/notes.list', { room });
      else if (choice < 0.72) client.post('/rpc/notes.list', { room, limit: 1 + Math.floor(dice.throw() * 3) });
      else if (choice < 0.86) client.post('/rpc/notes.thread', { room: note.room, ts: note.thread ?? note.ts });
      else if (choice < 0.9) client.post('/rpc/notes.list', { room: 'R0' });
      else if (notes.length > 2)
        client.post('/rpc/notes.delete', notes.splice(notes.indexOf(note), 1).map(({ room, ts }) => ({ room, ts }))[0]);
    }
  };
}
