import test from 'ava';
import { pause } from '../../daemon/time/pause.js';
import { untilStopped } from '../../daemon/run/until-stopped.js';
import { createManualTimers } from '../helpers/manual-timers.js';

const never = new Promise<void>(() => undefined);
/** Lets everything that can go on go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('work that ends by itself is waited for, and its failure is passed on', async (t) => {
  const timers = createManualTimers();
  const { signal } = new AbortController();
  await untilStopped(Promise.resolve(), signal, 10, timers);
  await t.throwsAsync(untilStopped(Promise.reject(new Error('broken')), signal, 10, timers), { message: 'broken' });
});

test('once it is asked to stop, work gets its grace and no more', async (t) => {
  const timers = createManualTimers();
  const stop = new AbortController();
  let isOver = false;
  const waiting = untilStopped(never, stop.signal, 10, timers).then(() => (isOver = true));
  await settle();
  t.false(isOver);
  stop.abort();
  await timers.asking(10);
  t.false(isOver);
  await timers.fire(10);
  await waiting;
  t.true(isOver);
});

test('work that was asked to stop before it began gets its grace too', async (t) => {
  const timers = createManualTimers();
  const waiting = untilStopped(never, AbortSignal.abort(), 10, timers);
  await timers.fire(10);
  await t.notThrowsAsync(waiting);
});

test('a pause ends when its time is over or when it is called off', async (t) => {
  const timers = createManualTimers();
  const stop = new AbortController();
  const first = pause(10, timers, stop.signal);
  await timers.fire(10);
  await first;
  const second = pause(10, timers, stop.signal);
  stop.abort();
  await second;
  await pause(10, timers, stop.signal);
  t.pass();
});
