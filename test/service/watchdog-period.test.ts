import test from 'ava';
import { watchdogPeriodMs } from '../../daemon/service/watchdog-period.js';

test('the period is that of this process, in milliseconds', (t) => {
  t.is(watchdogPeriodMs({ WATCHDOG_USEC: '90000000' }, 7), 90_000);
  t.is(watchdogPeriodMs({ WATCHDOG_USEC: '90000000', WATCHDOG_PID: '7' }, 7), 90_000);
});

test('there is none where nobody watches, where another process is watched, and where the number is none', (t) => {
  t.is(watchdogPeriodMs({}, 7), undefined);
  t.is(watchdogPeriodMs({ WATCHDOG_USEC: '90000000', WATCHDOG_PID: '8' }, 7), undefined);
  for (const WATCHDOG_USEC of ['', '0', '-1', 'soon', '1e6']) t.is(watchdogPeriodMs({ WATCHDOG_USEC }, 7), undefined);
});
