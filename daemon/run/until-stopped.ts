import type { Timers } from '../time/timers.js';
import { pause } from '../time/pause.js';

/**
 * Settles like `work`, or resolves `graceMs` after `signal` has aborted if `work` takes longer than that. What a work
 * that was given up throws later is its own affair.
 */
export async function untilStopped(work: Promise<void>, signal: AbortSignal, graceMs: number, timers: Timers): Promise<void> {
  const done = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true, signal: done.signal });
  });
  const graceOver = stopped.then(() => pause(graceMs, timers, done.signal));
  await Promise.race([work, graceOver]).finally(() => done.abort());
}
