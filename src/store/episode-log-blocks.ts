// Lines of several episodes as one row: a server writes few long rows in order instead of many short ones all over the file.
import { joinLine, type LineParts } from '../core/episode/log-line.ts';

/** A line and the number of the episode that it belongs to. */
export interface PlacedLine {
  readonly episode: number;
  readonly line: LineParts;
}

/**
 * A row. `places` holds four numbers a line, divided by commas: episode, length of its text, and length and place of its
 * body (both 0 where it has none); `text` is every text, each with its body behind it. Lengths are in UTF-16 units.
 */
export interface Block {
  readonly places: string;
  readonly text: string;
}

/** Whoever reads one line reads its block. */
const BLOCK_LENGTH_MAX = 32 * 1024;

/** The lines in their order, in as many blocks as it takes. */
export function packBlocks(lines: readonly PlacedLine[]): readonly Block[] {
  const blocks: Block[] = [];
  let [places, texts, length]: [number[], string[], number] = [[], [], 0];
  const close = () => {
    if (texts.length > 0) blocks.push({ places: places.join(), text: texts.join('') });
    [places, texts, length] = [[], [], 0];
  };
  for (const { episode, line } of lines) {
    const { text, body = '', bodyAt = 0 } = line;
    if (length + text.length + body.length > BLOCK_LENGTH_MAX) close();
    places.push(episode, text.length, body.length, bodyAt);
    texts.push(text, body);
    length += text.length + body.length;
  }
  close();
  return blocks;
}

/** Every line, those of other episodes included, in order. */
export function unpackBlock({ places, text }: Block): readonly PlacedLine[] {
  const numbers = numbersOf(places);
  const lines: PlacedLine[] = [];
  let at = 0;
  for (let place = 0; place < numbers.length; place += 4) {
    const [episode, length, bodyLength, bodyAt] = numbers.slice(place, place + 4) as [number, number, number, number];
    const end = at + length;
    // What was in its place is no body of its own.
    const body = bodyAt === 0 ? {} : { body: text.slice(end, end + bodyLength), bodyAt };
    lines.push({ episode, line: { text: text.slice(at, end), ...body } });
    at = end + bodyLength;
  }
  return lines;
}

/** The lines of one episode as they are read. */
export function linesIn(block: Block, episode: number): readonly string[] {
  return unpackBlock(block)
    .filter((placed) => placed.episode === episode)
    .map(({ line }) => joinLine(line));
}

/** Whose lines are in a block: each episode once. */
export function episodesIn({ places }: Pick<Block, 'places'>): ReadonlySet<number> {
  return new Set(numbersOf(places).filter((_number, at) => at % 4 === 0));
}

function numbersOf(places: string): readonly number[] {
  return places.split(',').map(Number);
}
