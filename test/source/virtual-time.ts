import type { Clock } from '../../daemon/time/clock.js';
import type { Timers } from '../../daemon/time/timers.js';

/** Time that passes by itself, at once, whenever everybody waits. */
export function createVirtualTime(): Pick<Clock, 'elapsed'> & Timers {
  const waiting = new Set<{ readonly at: number; readonly callback: () => void }>();
  let now = 0;
  return {
    elapsed: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      waiting.add(timer);
      setImmediate(() => {
        const [next] = [...waiting].sort((a, b) => a.at - b.at);
        if (next === undefined) return;
        waiting.delete(next);
        now = Math.max(now, next.at);
        next.callback();
      });
      return () => waiting.delete(timer);
    },
  };
}
