import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import recorder from 'node-record-lpcm16';

/** Starts arecord, capturing raw mono 16-bit samples. Its messages are English, whatever the machine speaks. */
export function startArecord({ device, sampleRate }: { readonly device: string | undefined; readonly sampleRate: number }): ChildProcess {
  return inCLocale(() => childOf(() =>
    recorder.record({ recorder: 'arecord', audioType: 'raw', sampleRate, channels: 1, ...(device === undefined ? {} : { device }) }),
  ));
}

/**
 * The process that `start` starts. Where no descriptor is left for its pipes, node-record-lpcm16 trips over their absence
 * and hands over nothing, while an error of the process is on its way that would end the daemon, for want of a listener.
 */
function childOf(start: () => { readonly process: ChildProcess }): ChildProcess {
  let child: ChildProcess | undefined;
  const remember = (message: unknown): void => {
    child = (message as { readonly process: ChildProcess }).process;
  };
  subscribe('child_process', remember);
  try {
    return start().process;
  } catch (error) {
    if (child === undefined || !(error instanceof TypeError)) throw error;
    return child;
  } finally {
    unsubscribe('child_process', remember);
  }
}

/** node-record-lpcm16 takes no environment for its child; a child's is copied from ours as it is started. */
function inCLocale<Result>(start: () => Result): Result {
  const before = process.env.LC_ALL;
  process.env.LC_ALL = 'C';
  try {
    return start();
  } finally {
    if (before === undefined) delete process.env.LC_ALL;
    else process.env.LC_ALL = before;
  }
}
