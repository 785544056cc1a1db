// What every verb shares: how it is registered and how its failures become one line and an exit code.
import type { Command } from 'commander';

/** One file a verb exports one of these; main.ts lists them. */
export type RegisterVerb = (program: Command) => void;
