// Tables of plain text: columns as wide as what is in them, numbers to the right.

export interface Column {
  readonly title: string;
  readonly right?: boolean;
  /** Longer cells are cut in the middle, where paths say least. */
  readonly widthMax?: number;
}

/** Lines without colour or trailing space, one a row, headed by the titles. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) =>
    columns.map((column, index) => cut(row[index] ?? '', column.widthMax ?? Number.POSITIVE_INFINITY)),
  );
  const widths = columns.map((_column, index) => Math.max(...cells.map((row) => (row[index] as string).length)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, index) => pad(cell, index))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');

  function pad(cell: string, index: number): string {
    const width = widths[index] as number;
    return columns[index]?.right === true ? cell.padStart(width) : cell.padEnd(width);
  }
}

/** A share as people read it; `–` where nothing was measured. */
export function percentText(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}

/** A sum of rewards as people read it: without the last digits, which adding fractions makes up. */
export function rewardText(reward: number): string {
  return String(Number(reward.toPrecision(12)));
}

function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  const head = Math.ceil((width - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
}

/** A count of bytes for people: `12 B`, `1.5 kB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A duration in milliseconds for people: `12 ms`, `1.5 s`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}
