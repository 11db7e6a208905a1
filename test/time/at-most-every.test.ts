import test from 'ava';
import { atMostEvery } from '../../daemon/time/at-most-every.js';
import { manualTime } from '../publish/helpers/manual-time.js';

function throttled() {
  const time = manualTime();
  const passed: number[] = [];
  return { time, passed, ...atMostEvery<number>(1000, (value) => passed.push(value), time.clock, time.timers) };
}

test('the first value passes at once, then the newest each second', (t) => {
  const { time, passed, offer } = throttled();
  for (let value = 0; value < 25; value += 1) {
    offer(value);
    time.pass(100);
  }
  t.deepEqual(passed, [0, 9, 19]);
  time.pass(1000);
  t.deepEqual(passed, [0, 9, 19, 24]);
});

test('a flush passes what waits, once', (t) => {
  const { time, passed, offer, flush } = throttled();
  offer(1);
  offer(2);
  flush();
  flush();
  time.pass(5000);
  t.deepEqual(passed, [1, 2]);
  t.is(time.pending(), 0);
});
