import { describe, expect, it } from 'vitest';
import { startProgress } from '../../src/cli/progress.ts';

function stream(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string): boolean => written.push(text) > 0;
  return { written, stream: { isTTY, columns: 40, write } as unknown as NodeJS.WriteStream };
}

describe('progress', () => {
  it('writes nothing where nobody watches', () => {
    const { written, stream: pipe } = stream(false);
    const progress = startProgress(pipe);
    progress.show('compiling', 1, 2);
    progress.end();
    expect(written).toEqual([]);
  });

  it('shows one line with a bar on a terminal, and takes it away', () => {
    const { written, stream: terminal } = stream(true);
    const progress = startProgress(terminal);
    progress.show('reading');
    progress.show('compiling', 1, 2);
    progress.end();
    expect(written).toEqual([
      '\r\u001b[2Kreading …',
      '\r\u001b[2K[############------------] compiling …',
      '\r\u001b[2K',
    ]);
  });

  it('never wraps', () => {
    const { written, stream: terminal } = stream(true);
    startProgress(terminal).show('x'.repeat(500), 5, 5);
    expect((written[0] ?? '').length - '\r\u001b[2K'.length).toBeLessThan(40);
  });
});
