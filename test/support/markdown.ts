// Code blocks of a documentation page, so that tests can execute what it shows.

export interface CodeBlock {
  readonly language: string;
  /** From `file=PATH` behind the language. */
  readonly file: string | undefined;
  /** Words behind the language that are not `name=value`. */
  readonly marks: readonly string[];
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

export function codeBlocks(page: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  for (const match of page.matchAll(/^```(\S+)([^\n]*)\n([\s\S]*?)^```$/gm)) {
    const [, language = '', info = '', text = ''] = match;
    const words = info.trim().split(/\s+/).filter(Boolean);
    const file = words.find((word) => word.startsWith('file='))?.slice('file='.length);
    const line = page.slice(0, match.index).split('\n').length;
    blocks.push({ language, file, marks: words.filter((word) => !word.includes('=')), text, line });
  }
  return blocks;
}

export interface Table {
  /** Cells without the backticks of code. */
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a page; in a cell `\|` is a bar. */
export function tables(page: string): readonly Table[] {
  const blocks = page.match(/^\|.*\|\n\|[\s:|-]+\|\n(?:\|.*\|\n?)*/gm) ?? [];
  return blocks.map((block) => {
    const [header = [], , ...rows] = block.trim().split('\n').map(cellsOf);
    return { header, rows };
  });
}

function cellsOf(line: string): readonly string[] {
  const cells = line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/);
  return cells.map((cell) =>
    cell
      .trim()
      .replaceAll('\\|', '|')
      .replace(/^`(.*)`$/, '$1'),
  );
}
