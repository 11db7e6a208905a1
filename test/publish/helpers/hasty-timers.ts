import { systemTimers, type Timers } from '../../../daemon/time/timers.js';

/** Real timers, but for waits of `from` to `to` ms, which are told and over at once. */
export function hastyTimers(from: number, to: number): { readonly timers: Timers; readonly asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    timers: {
      after(ms, callback) {
        if (ms < from || ms > to) return systemTimers.after(ms, callback);
        asked.push(ms);
        return systemTimers.after(0, callback);
      },
    },
  };
}
