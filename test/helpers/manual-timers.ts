import type { Timers } from '../../daemon/time/timers.js';

/** Timers that only a test lets run out. */
export interface ManualTimers extends Timers {
  /** Waits until something waits for `ms`. */
  asking(ms: number): Promise<void>;
  /** Waits until something waits for `ms`, then wakes it. */
  fire(ms: number): Promise<void>;
}

export function createManualTimers(): ManualTimers {
  const pending = new Set<{ readonly ms: number; readonly wake: () => void }>();
  const watchers = new Set<() => void>();
  const find = (ms: number) => [...pending].find((timer) => timer.ms === ms);

  const asking = async (ms: number) => {
    while (find(ms) === undefined) await new Promise<void>((resolve) => watchers.add(resolve));
    watchers.clear();
  };

  return {
    after(ms, wake) {
      const timer = { ms, wake };
      pending.add(timer);
      for (const watcher of watchers) watcher();
      return () => pending.delete(timer);
    },
    asking,
    async fire(ms) {
      await asking(ms);
      const timer = find(ms);
      if (timer === undefined) return;
      pending.delete(timer);
      timer.wake();
    },
  };
}
