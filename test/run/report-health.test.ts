import test from 'ava';

import { CaptionerError } from '../../daemon/captioner/captioner-error.js';
import type { CaptionerState } from '../../daemon/captioner/supervise-captioner.js';
import type { Counters } from '../../daemon/event/health.js';
import { createLog } from '../../daemon/log/create-log.js';
import type { MachineHeat } from '../../daemon/run/machine-heat.js';
import { createCaptionerReport } from '../../daemon/run/report-captioner.js';
import { keepReportingHealth } from '../../daemon/run/report-health.js';
import { reportHop } from '../../daemon/run/report-hop.js';
import { counters } from '../helpers/counters.js';
import { createManualTimers } from '../helpers/manual-timers.js';

function collect() {
  const lines: { level: string; msg: string }[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]) } });
  return { log, told: () => lines.map(({ level, msg }) => `${level} ${msg}`) };
}

test('health is told by a timer, though nothing happens, and once more at the end', async (t) => {
  const timers = createManualTimers();
  const { log, told } = collect();
  const over = new AbortController();
  const heard: Counters[] = [];
  const throttled: boolean[] = [];
  let windowsGated = 0;
  let heat: MachineHeat = { temperatureC: 50, isThrottled: false };
  const reporting = keepReportingHealth(
    {
      read: () => counters({ windowsGated }),
      readHeat: () => Promise.resolve(heat),
      onThrottled: (isThrottled) => throttled.push(isThrottled),
      publisher: { health: (found) => heard.push(found) },
      log,
      timers,
    },
    over.signal,
  );
  await timers.asking(30_000);
  t.like(heard, [{ windowsGated: 0, temperatureC: 50, isThrottled: false }]);
  windowsGated = 7;
  heat = { temperatureC: 82, isThrottled: true };
  await timers.fire(30_000);
  await timers.asking(30_000);
  await timers.fire(30_000);
  await timers.asking(30_000);
  t.like(heard.at(-1), { windowsGated: 7, temperatureC: 82, isThrottled: true });
  heat = { temperatureC: 70, isThrottled: false };
  await timers.fire(30_000);
  await timers.asking(30_000);
  over.abort();
  await reporting;
  t.is(heard.length, 5);
  t.deepEqual(throttled, [true, false]);
  t.deepEqual(told(), ['warn the machine slows itself down: it is too hot or its power supply too weak', 'info the machine is at full speed again']);
});

const lost = (failures: number): CaptionerState => ({ state: 'restarting', reason: new CaptionerError({ code: 'CAPTIONER_CRASHED', message: 'gone', remedy: 'none' }), failures });
const ready = (failures: number): CaptionerState => ({ state: 'ready', pid: 1, failures });

test('a captioner that is lost once is told, and that it is back', (t) => {
  const { log, told } = collect();
  const { changed, read } = createCaptionerReport(log);
  changed(ready(0));
  t.deepEqual(read(), { captioner: 'ready', captionerRestarts: 0 });
  changed(lost(1));
  t.deepEqual(read(), { captioner: 'restarting', captionerRestarts: 0 });
  changed(ready(1));
  t.deepEqual(read(), { captioner: 'ready', captionerRestarts: 1 });
  t.deepEqual(told(), ['warn captioner lost, starting another', 'info captioner is back']);
});

test('one that is lost again and again is failing until it has said something, and the log is not filled with it', (t) => {
  const { log, told } = collect();
  const { changed, read } = createCaptionerReport(log);
  changed(ready(0));
  for (let failures = 1; failures <= 1000; failures += 1) {
    changed(lost(failures));
    changed(ready(failures));
  }
  t.deepEqual(read(), { captioner: 'failing', captionerRestarts: 1000 });
  t.is(told().length, 20);
  changed(ready(0));
  t.is(read().captioner, 'ready');
});

test('a hop that changes is told with the one that is wanted', (t) => {
  const { log, told } = collect();
  const report = reportHop(2, log);
  report(6, 'overload');
  report(8, 'heat');
  report(6, 'relief');
  t.deepEqual(told(), [
    'warn the machine cannot keep up: captions come less often',
    'warn the machine slows itself down, so it is spared: captions come less often',
    'info the machine has time again: captions come more often',
  ]);
});
