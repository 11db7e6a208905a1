import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Timers } from '../../time/timers.js';
import { within } from '../../time/within.js';

/** A program that delivers sound and complaints. */
export type CaptureChild = ChildProcessByStdio<Writable | null, Readable, Readable>;

/** How long a program may take to obey each of the signals, ms. */
export const graceMs = 2000;

/** Ends a program: asks, then insists. One that hangs in a driver even then is left to the kernel. Never rejects. */
export async function endChild(child: CaptureChild, timers: Timers): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (hasEnded(child)) break;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await within(timers, graceMs, ended, () => undefined);
  }
  child.stdout.destroy();
  child.stderr.destroy();
  if (!hasEnded(child)) child.unref();
}

function hasEnded({ pid, exitCode, signalCode }: CaptureChild): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}
