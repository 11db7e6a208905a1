import type { Timers } from './timers.js';

/** Wakes the one loop that waits for it; a ring while nobody waits is kept. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, or after `ms` if given. */
  wait(ms?: number): Promise<void>;
}

export function createBell(timers: Timers): Bell {
  let hasRung = false;
  let wake: (() => void) | undefined;

  return {
    ring() {
      hasRung = true;
      wake?.();
    },
    wait: (ms) =>
      new Promise((resolve) => {
        let cancel = (): void => undefined;
        wake = () => {
          cancel();
          hasRung = false;
          wake = undefined;
          resolve();
        };
        if (hasRung) wake();
        else if (ms !== undefined) cancel = timers.after(ms, wake);
      }),
  };
}
