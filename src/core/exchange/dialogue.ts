// What was said on the WebSocket connections of one address, as it is replayed: whoever says what a client said then is
// answered as that client was.
import { isArray, isObject, printJson, tryParseJson, type Json } from '../std/json.ts';
import type { Body, SocketMessage } from './exchange.ts';

/** A text or binary message, or the end of the connection. */
export interface DialogueMessage {
  readonly sender: SocketMessage['sender'];
  /** 1 text, 2 binary, 8 close. */
  readonly opcode: number;
  readonly body?: Body;
}

/** One connection, in order. */
export type Dialogue = readonly DialogueMessage[];

/** How far a connection has come: in which dialogue, and how many of its messages were said. */
export interface DialoguePlace {
  readonly dialogue: number;
  readonly said: number;
}

export interface DialogueAnswer {
  readonly place: DialoguePlace;
  readonly messages: readonly DialogueMessage[];
}

/** What the server says before it is asked. */
export function openDialogue(dialogues: readonly Dialogue[]): DialogueAnswer {
  return answersFrom(dialogues, { dialogue: 0, said: 0 });
}

/**
 * What the server says to a message: as in the dialogue so far where the client goes on as it did then, else as in the first
 * dialogue in which somebody said so. Nothing, and no step further, where nobody ever did.
 */
export function answerMessage(
  dialogues: readonly Dialogue[],
  place: DialoguePlace,
  message: Omit<DialogueMessage, 'sender'>,
): DialogueAnswer {
  const { dialogue, said } = place;
  const found =
    saidAgain(dialogues, dialogue, said, message) ??
    dialogues.map((_each, index) => saidAgain(dialogues, index, 0, message)).find((each) => each !== undefined);
  return found === undefined ? { place, messages: [] } : answersFrom(dialogues, found);
}

/** The place behind the first such message of a client. */
function saidAgain(
  dialogues: readonly Dialogue[],
  dialogue: number,
  from: number,
  { opcode, body }: Omit<DialogueMessage, 'sender'>,
): DialoguePlace | undefined {
  const wanted = keyOf({ opcode, body });
  const at = (dialogues[dialogue] ?? []).findIndex(
    (each, index) => index >= from && each.sender === 'client' && keyOf(each) === wanted,
  );
  return at < 0 ? undefined : { dialogue, said: at + 1 };
}

/** Everything that the server says there before the client speaks again. */
function answersFrom(dialogues: readonly Dialogue[], { dialogue, said }: DialoguePlace): DialogueAnswer {
  const rest = (dialogues[dialogue] ?? []).slice(said);
  const next = rest.findIndex(({ sender }) => sender === 'client');
  const messages = next < 0 ? rest : rest.slice(0, next);
  return { place: { dialogue, said: said + messages.length }, messages };
}

function keyOf({ opcode, body }: { readonly opcode: number; readonly body?: Body | undefined }): string {
  return `${opcode}\n${body === undefined ? '' : 'text' in body ? `t${body.text}` : `b${body.base64}`}`;
}

/** The dialogues as one text; `readDialogues` gives them back. */
export function printDialogues(dialogues: readonly Dialogue[]): string {
  return printJson(dialogues as unknown as Json);
}

/** None for a text that holds no dialogues. */
export function readDialogues(text: string): readonly Dialogue[] {
  const value = tryParseJson(text);
  if (value === undefined || !isArray(value)) return [];
  return value.map((each) => (isArray(each) ? (each.filter(isMessage) as unknown as Dialogue) : []));
}

function isMessage(value: Json): boolean {
  if (!isObject(value)) return false;
  const { sender, opcode, body } = value;
  const isBody = isObject(body) && (typeof body['text'] === 'string' || typeof body['base64'] === 'string');
  return (sender === 'client' || sender === 'server') && typeof opcode === 'number' && (body === undefined || isBody);
}
