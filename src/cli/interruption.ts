// Waiting until the user or the system wants a long-running verb to end.

/** Resolves with the first SIGINT or SIGTERM; a second one ends the process at once, as without this. */
export function ended(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM'] as const;
    const stop = (signal: NodeJS.Signals) => {
      for (const each of signals) process.off(each, stop);
      resolve(signal);
    };
    for (const signal of signals) process.on(signal, stop);
  });
}
