import test from 'ava';
import { backOffDelay } from '../../daemon/time/back-off.js';

const options = { firstMs: 1000, longestMs: 60_000 };

test('waits double from a second up to a minute', (t) => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8, 1_000_000].map((failures) => backOffDelay(failures, options, () => 1));
  t.deepEqual(delays, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('half of each wait is left to chance', (t) => {
  t.is(backOffDelay(7, options, () => 0), 30_000);
  t.is(backOffDelay(7, options, () => 0.5), 45_000);
});
