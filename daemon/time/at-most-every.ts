import type { Clock } from './clock.js';
import type { Timers } from './timers.js';

/** Passes values on at most once in `ms`: the first at once, of the rest the newest when its time has come. */
export function atMostEvery<Value>(ms: number, pass: (value: Value) => void, clock: Pick<Clock, 'elapsed'>, timers: Timers) {
  let last = Number.NEGATIVE_INFINITY;
  let newest: Value | undefined;
  let cancel: (() => void) | undefined;

  const flush = (): void => {
    cancel?.();
    cancel = undefined;
    if (newest === undefined) return;
    const value = newest;
    newest = undefined;
    last = clock.elapsed();
    pass(value);
  };
  return {
    offer(value: Value): void {
      newest = value;
      const wait = last + ms - clock.elapsed();
      if (wait <= 0) flush();
      else cancel ??= timers.after(wait, flush);
    },
    /** Passes on at once what is still waiting. */
    flush,
    /** Forgets what is still waiting. */
    drop(): void {
      newest = undefined;
      flush();
    },
  };
}
