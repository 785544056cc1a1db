// Running a command of the user to its end.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { MynahError } from '../core/std/errors.ts';
import type { ProcessEnvironment } from '../proxy/child-environment.ts';

/**
 * Runs the command with the terminal of this process; resolves with its exit code, 128 and the signal's number when it was
 * ended by one. Signals that would end this process are passed on to it instead.
 * @param output 2 sends what it prints to standard error
 * @throws MynahError ERR_COMMAND_NOT_FOUND
 */
export function runCommand(
  [command = '', ...args]: readonly string[],
  environment: ProcessEnvironment,
  output: 'inherit' | 2 = 'inherit',
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['inherit', output, 'inherit'], env: environment });
    const passOn = (signal: NodeJS.Signals) => {
      // A terminal sends Ctrl-C to both; twice would mean more to many programs.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, passOn);
    const settle = () => {
      for (const signal of signals) process.off(signal, passOn);
    };
    child.once('error', (error) => {
      settle();
      reject(
        new MynahError(
          'ERR_COMMAND_NOT_FOUND',
          `cannot run "${command}": ${error.message}; check its name and that it may be executed`,
          { command },
          error,
        ),
      );
    });
    child.once('exit', (code, signal) => {
      settle();
      resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]);
    });
  });
}
