// What the demo needs to show commands at work: it prints each, runs it, and sees to it that none is left behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

export const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const MYNAH = 'bin/mynah.js';
const PATIENCE_MS = 5_000;

/** Every process that was started and has not ended. */
const running = new Set();

/** The words of a command line, written as a template: words`node ${path} --flag=${value}`; values may hold spaces. */
export function words(texts, ...values) {
  const line = texts.reduce((before, text, at) => `${before}\0${at - 1}\0${text}`);
  const fill = (word) => word.replaceAll(/\0(\d+)\0/g, (_hole, at) => String(values[at]));
  return line.trim().split(/\s+/).map(fill);
}

/** Prints a command line as one would type it. */
export function show(command) {
  console.log(`$ ${command.map((word) => (/[\s"']/.test(word) ? JSON.stringify(word) : word)).join(' ')}`);
}

export function heading(text) {
  console.log(`\n== ${text}`);
}

/** Says what is wrong and ends the demo, unless the condition holds. */
export function expect(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

/**
 * Prints `mynah …` or `node …`, runs it in the checkout and prints what it prints; resolves with all of that text.
 * @param {string[]} command the command and its arguments
 * @param {{ exit?: number, quiet?: boolean }} options the exit code that it must end with; whether its command line is left out
 */
export async function run(command, { exit = 0, quiet = false } = {}) {
  if (!quiet) show(command);
  const child = launch(command);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
      process.stdout.write(text);
    });
  }
  const [code, signal] = await once(child, 'close');
  expect(code === exit, `"${command.slice(0, 2).join(' ')}" ended with ${signal ?? code} instead of ${exit}`);
  return printed;
}

/** Starts a server of this example and prints its command; resolves with its address once it says that it listens. */
export async function startServer(command) {
  show(command);
  const child = launch(command);
  const address = await new Promise((resolve, reject) => {
    let printed = '';
    const look = (text) => {
      printed += text;
      const found = /listening on (http:\S+)/.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.setEncoding('utf8').on('data', look);
    child.stderr.setEncoding('utf8').on('data', look);
    child.once('close', () => reject(new Error(`"${command.join(' ')}" did not start:\n${printed}`)));
  });
  console.log(`listening on ${address}`);
  return { address, stop: () => stop(child) };
}

/** Whether anything answers at this address. */
export async function isListening(address) {
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port) });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Ends whatever still runs, in the order opposite to that in which it was started. */
export async function stopAll() {
  for (const child of [...running].reverse()) await stop(child);
}

function launch([program, ...args]) {
  const script = program === 'mynah' ? [MYNAH, ...args] : args;
  const child = spawn(process.execPath, script, { cwd: CHECKOUT, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await ended;
  clearTimeout(impatience);
}
