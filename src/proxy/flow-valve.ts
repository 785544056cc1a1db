// Holds a source back while anybody who takes from it has no room.

export class FlowValve {
  readonly #pause: () => void;
  readonly #resume: () => void;
  #closedBy = 0;

  constructor(pause: () => void, resume: () => void) {
    this.#pause = pause;
    this.#resume = resume;
  }

  /** Closes the valve; call what it gives once there is room again. */
  close(): () => void {
    if (this.#closedBy++ === 0) this.#pause();
    let isOpen = false;
    return () => {
      if (isOpen) return;
      isOpen = true;
      if (--this.#closedBy === 0) this.#resume();
    };
  }
}
