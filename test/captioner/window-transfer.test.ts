import test from 'ava';
import fc from 'fast-check';

import { createWindowReceiver, createWindowSender } from '../../daemon/captioner/window-transfer.js';
import type { AudioWindow } from '../../daemon/window/audio-window.js';
import { tinySound, tinyWindows } from '../helpers/tiny-bundle.js';

test('Of overlapping windows only what is new is sent', (t) => {
  const pack = createWindowSender();
  t.deepEqual(
    tinyWindows(tinySound(6)).map((window) => pack(window).tail.length),
    [671, 200, 200, 200],
  );
});

test('The same window again costs nothing', (t) => {
  const pack = createWindowSender();
  const [window] = tinyWindows(tinySound(3));
  if (window === undefined) throw new Error('no window');
  pack(window);
  t.is(pack(window).tail.length, 0);
});

test('Whatever comes, in whatever order, arrives as it was', (t) => {
  // Little variety, so that different sounds often overlap by chance.
  const windows = fc.array(
    fc.record({
      startSample: fc.nat(6),
      samples: fc.array(fc.constantFrom(0, 0.5), { minLength: 3, maxLength: 5 }).map((values) => Float32Array.from(values)),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(windows, (some) => {
      const pack = createWindowSender();
      const unpack = createWindowReceiver();
      for (const [index, { startSample, samples }] of some.entries()) {
        const window: AudioWindow = { index, startSample, samples, historySamples: 1, heardSamples: samples.length - 1 };
        t.deepEqual(unpack(structuredClone(pack(window))), window);
      }
    }),
    { numRuns: 500 },
  );
});
