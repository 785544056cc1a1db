// `mynah compile`: recordings in, a clone's folder out, and how far the clone can be trusted.
import type { Command } from 'commander';
import { buildClone, type CloneBuild } from '../core/build/clone-build.ts';
import type { Recording } from '../core/recording/recording.ts';
import { prepareCloneFolder, writeCloneFolder } from '../store/clone-folder.ts';
import { readRecording } from '../store/recording-store.ts';
import { startProgress } from './progress.ts';

interface CompileOptions {
  readonly out: string;
  readonly json: boolean;
}

/** Registers `mynah compile`. */
export function registerCompile(program: Command): void {
  program
    .command('compile')
    .description('Compile recordings into a clone.')
    .argument('<recording...>', 'recordings (.mynah)')
    .requiredOption('--out <folder>', 'folder of the clone; one that exists is brought up to date')
    .option('--json', 'print the report as one JSON document', false)
    .action(compile);
}

async function compile(paths: readonly string[], options: CompileOptions): Promise<void> {
  const recordings = paths.map((path) => readRecording(path));
  await prepareCloneFolder(options.out);
  const build = buildWithProgress(recordings);
  await writeCloneFolder(options.out, build.files);
  if (options.json) process.stdout.write(`${JSON.stringify({ diagnostics: build.diagnostics })}\n`);
  else process.stdout.write(`compiled into ${options.out}\n`);
}

function buildWithProgress(recordings: readonly Recording[]): CloneBuild {
  const progress = startProgress();
  try {
    const stages = buildClone(recordings);
    for (;;) {
      const next = stages.next();
      if (next.done === true) return next.value;
      progress.show(next.value.name);
    }
  } finally {
    progress.end();
  }
}
