import type { Timers } from './timers.js';

/** Settles like `work`, or with what `late` gives or throws if `work` takes longer than `ms`. */
export async function within<T>(timers: Timers, ms: number, work: Promise<T>, late: () => T): Promise<T> {
  let cancel: () => void = () => undefined;
  const tooLate = new Promise<void>((resolve) => {
    cancel = timers.after(ms, resolve);
  });
  return Promise.race([work, tooLate.then(late)]).finally(cancel);
}
