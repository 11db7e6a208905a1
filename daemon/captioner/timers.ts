/** The part of the clock that supervision needs; tests bring their own. */
export interface Timers {
  /** Calls `wake` after `ms` milliseconds unless the returned function is called before. */
  after(ms: number, wake: () => void): () => void;
}

export const systemTimers: Timers = {
  after(ms, wake) {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};

/** Settles like `work`, or with what `late` gives or throws if `work` takes longer than `ms`. */
export async function within<T>(timers: Timers, ms: number, work: Promise<T>, late: () => T): Promise<T> {
  let cancel: () => void = () => undefined;
  const tooLate = new Promise<void>((resolve) => {
    cancel = timers.after(ms, resolve);
  });
  return Promise.race([work, tooLate.then(late)]).finally(cancel);
}
