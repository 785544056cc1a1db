// A line on the terminal that says what a verb is doing. Nothing is written where standard error is no terminal.

export interface Progress {
  /** Shows what is being done; `done` of `total` as a bar where both are given. */
  show(what: string, done?: number, total?: number): void;
  /** Takes the line away. */
  end(): void;
}

const BAR_WIDTH = 24;
const ERASE_LINE = '\r\u001b[2K';

export function startProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (stream.isTTY !== true) return { show: () => undefined, end: () => undefined };
  return {
    show: (what, done, total) => {
      const bar = done === undefined || total === undefined || total === 0 ? '' : `${barOf(done / total)} `;
      stream.write(`${ERASE_LINE}${bar}${what} …`.slice(0, ERASE_LINE.length + Math.max(20, stream.columns || 80) - 1));
    },
    end: () => void stream.write(ERASE_LINE),
  };
}

function barOf(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`;
}
