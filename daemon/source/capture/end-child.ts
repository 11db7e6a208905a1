import type { Timers } from '../../time/timers.js';
import type { CaptureChild } from './read-capture.js';

/** How long a program may take to obey each of the signals, ms. */
export const graceMs = 2000;

/** Ends a program: asks, then insists. One that hangs in a driver even then is left to the kernel. Never rejects. */
export async function endChild(child: CaptureChild, timers: Timers): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (hasEnded(child)) break;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    let cancel: (() => void) | undefined;
    const tooLate = new Promise<void>((resolve) => {
      cancel = timers.after(graceMs, resolve);
    });
    await Promise.race([ended, tooLate]);
    cancel?.();
  }
  child.stdout.destroy();
  child.stderr.destroy();
  if (!hasEnded(child)) child.unref();
}

function hasEnded({ pid, exitCode, signalCode }: CaptureChild): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}
