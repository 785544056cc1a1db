import { describe, expect, it } from 'vitest';
import {
  answerMessage,
  openDialogue,
  printDialogues,
  readDialogues,
  type Dialogue,
} from '../../../src/core/exchange/dialogue.ts';

const said = (sender: 'client' | 'server', text: string) => ({ sender, opcode: 1, body: { text } });
const ask = (text: string) => ({ opcode: 1, body: { text } });
const DIALOGUES: readonly Dialogue[] = [
  [
    said('server', 'hello'),
    said('client', 'ping'),
    said('server', 'pong 1'),
    said('client', 'ping'),
    said('server', 'pong 2'),
  ],
  [said('client', 'time'), said('server', 'noon'), said('server', 'bell'), { sender: 'server', opcode: 8 }],
];

/** Texts that the server says to each message, beginning with what it says unasked. */
function answersTo(...texts: string[]): (string | number)[][] {
  let answer = openDialogue(DIALOGUES);
  const show = () =>
    answer.messages.map(({ opcode, body }) => (body !== undefined && 'text' in body ? body.text : opcode));
  const shown = [show()];
  for (const text of texts) {
    answer = answerMessage(DIALOGUES, answer.place, ask(text));
    shown.push(show());
  }
  return shown;
}

describe('a recorded dialogue', () => {
  it('is said again to who says the same', () => {
    expect(answersTo('ping', 'ping')).toEqual([['hello'], ['pong 1'], ['pong 2']]);
  });

  it('goes on in another where somebody said so there', () => {
    expect(answersTo('ping', 'time')).toEqual([['hello'], ['pong 1'], ['noon', 'bell', 8]]);
  });

  it('begins anew where its end is reached', () => {
    expect(answersTo('ping', 'ping', 'ping')[3]).toEqual(['pong 1']);
  });

  it('says nothing to what nobody ever said, and goes on afterwards', () => {
    expect(answersTo('what?', 'ping')).toEqual([['hello'], [], ['pong 1']]);
  });

  it('tells text from binary', () => {
    const binary = { opcode: 2, body: { text: 'ping' } };
    expect(answerMessage(DIALOGUES, { dialogue: 0, said: 0 }, binary).messages).toEqual([]);
  });

  it('survives being written', () => {
    expect(readDialogues(printDialogues(DIALOGUES))).toEqual(DIALOGUES);
    for (const text of ['', '{}', '[1]', '[[{"sender":"nobody"}]]']) expect(readDialogues(text).flat()).toEqual([]);
  });
});
