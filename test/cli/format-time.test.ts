import test from 'ava';
import { formatTime } from '../../daemon/cli/format-time.js';

for (const [seconds, expected] of [[0, '0:00'], [7, '0:07'], [59.96, '1:00'], [62.5, '1:02.5'], [3723, '1:02:03'], [7.04, '0:07']] as const) {
  test(`${seconds} s is ${expected}`, (t) => {
    t.is(formatTime(seconds), expected);
  });
}
