import test from 'ava';

import { planSegments } from '../../daemon/encode/segment-plan.js';

const samples = Float32Array.from({ length: 3 + 20 }, (_, i) => i);

test('a window is cut into its segments, each with the history before it', (t) => {
  const plan = planSegments({ index: 0, startSample: 40, samples, historySamples: 3, heardSamples: 20 }, 10);
  t.deepEqual(plan, [
    { startSample: 40, samples: samples.subarray(0, 13), isWhole: true },
    { startSample: 50, samples: samples.subarray(10, 23), isWhole: true },
  ]);
});

test('a segment into which padding reaches is not whole', (t) => {
  const plan = planSegments({ index: 0, startSample: 0, samples, historySamples: 3, heardSamples: 19 }, 10);
  t.deepEqual(plan.map(({ isWhole }) => isWhole), [true, false]);
});

test('a window that is not a whole number of segments is refused', (t) => {
  const window = { index: 0, startSample: 0, samples, historySamples: 3, heardSamples: 20 };
  t.throws(() => planSegments(window, 7), { instanceOf: RangeError, message: /20 samples is not a whole number of segments of 7/ });
});
