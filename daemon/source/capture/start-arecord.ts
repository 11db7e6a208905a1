import recorder from 'node-record-lpcm16';

import type { CaptureChild } from './read-capture.js';

/** Starts arecord, capturing raw mono 16-bit samples. Its messages are English, whatever the machine speaks. */
export function startArecord({ device, sampleRate }: { readonly device: string | undefined; readonly sampleRate: number }): CaptureChild {
  return inCLocale(() => recorder.record({
    recorder: 'arecord', audioType: 'raw', sampleRate, channels: 1, ...(device === undefined ? {} : { device }),
  }).process);
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
