// `mynah export`: a recording as an HTTP Archive.
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { harOf } from '../core/recording/har-export.ts';
import { MynahError } from '../core/std/errors.ts';
import { readRecording } from '../store/recording-store.ts';

interface ExportOptions {
  readonly har: boolean;
  readonly out?: string;
}

/** Registers `mynah export`. */
export function registerExport(program: Command): void {
  program
    .command('export')
    .description('Write a recording in another format; as text it can be kept and reviewed in git.')
    .argument('<recording>', 'recording to read')
    .option('--har', 'as HTTP Archive 1.2 (the default, and the only one yet)', true)
    .option('--out <file>', 'file to write, gzipped when it ends in .gz (default: standard output)')
    .action(exportRecording);
}

function exportRecording(path: string, { out }: ExportOptions): void {
  const text = `${JSON.stringify(harOf(readRecording(path)), null, 1)}\n`;
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(out, out.endsWith('.gz') ? gzipSync(text) : text);
  } catch (error) {
    throw new MynahError(
      'ERR_FILE_UNWRITABLE',
      `cannot write ${out}: ${(error as Error).message}; name another with --out`,
      { path: out },
      error,
    );
  }
}
