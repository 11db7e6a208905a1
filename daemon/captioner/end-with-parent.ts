import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';

/** What of a process hears that its parent is gone, for one that hangs in native code hears nothing by itself. */
export interface DeathWatch {
  /** To be put before the command of the process. */
  readonly prefix: readonly string[];
  /** Whether the process has to watch by itself. */
  readonly isOwn: boolean;
}

/**
 * Where setpriv(1) of util-linux can ask the kernel for it, the kernel kills the process when its parent ends:
 * PR_SET_PDEATHSIG of prctl(2), which outlives the execve(2) that follows. Elsewhere a thread has to watch.
 */
export async function findDeathWatch(program = 'setpriv'): Promise<DeathWatch> {
  const prefix = [program, '--pdeathsig', 'KILL'];
  try {
    await promisify(execFile)(program, [...prefix.slice(1), 'true'], { timeout: 5000, killSignal: 'SIGKILL' });
    return { prefix, isOwn: false };
  } catch {
    return { prefix: [], isOwn: true };
  }
}

/**
 * Kills this process soon after it has got another parent than `parent`, whatever its main thread is busy with. It costs
 * 8 MB, half of the heap of a small process, which is why it is the second choice.
 */
export function watchParent(parent: number): void {
  new Worker(`
    const { workerData: parent } = require('node:worker_threads');
    setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 500);
  `, { eval: true, workerData: parent, env: {}, resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 } }).unref();
}
