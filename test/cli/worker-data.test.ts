import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimWorkerData } from '../../src/cli/worker-data.ts';
import { MynahError } from '../../src/core/std/errors.ts';

describe('the logs of several workers', () => {
  it('are for one number of workers', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'mynah-workers-')), 'data');
    for (let time = 0; time < 2; time += 1) claimWorkerData(folder, 'clone', 2);
    claimWorkerData('none', 'clone', 3);
    expect(() => claimWorkerData(folder, 'clone', 3)).toThrow(MynahError);
    expect(() => claimWorkerData(folder, 'clone', 3)).toThrow(/serve with --workers 2/);
  });
});
