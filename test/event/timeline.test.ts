import test from 'ava';
import { createTimeline } from '../../daemon/event/timeline.js';
import type { AudioWindow } from '../../daemon/window/audio-window.js';
import { manualTime } from '../publish/helpers/manual-time.js';

const sampleRate = 100;
const start = Date.UTC(2026, 10, 23, 6);

/** A window of 10 s that begins so many seconds after its source. */
function windowAt(seconds: number, heardSeconds = 10): AudioWindow {
  return { index: 0, startSample: seconds * sampleRate, samples: new Float32Array(0), historySamples: 0, heardSamples: heardSeconds * sampleRate };
}

test('a window sounds where its samples lie after the start of the source', (t) => {
  const timeline = createTimeline({ sampleRate, isLive: false }, manualTime(start).clock);
  t.deepEqual(timeline.place(windowAt(2)), { start: '2026-11-23T06:00:02.000Z', end: '2026-11-23T06:00:12.000Z' });
});

test('a window that the source ended within ends there', (t) => {
  const timeline = createTimeline({ sampleRate, isLive: false }, manualTime(start).clock);
  t.is(timeline.place(windowAt(2, 3.5)).end, '2026-11-23T06:00:05.500Z');
});

test('a file read faster than life keeps the time of its samples', (t) => {
  const time = manualTime(start);
  const timeline = createTimeline({ sampleRate, isLive: false }, time.clock);
  time.pass(50);
  t.is(timeline.place(windowAt(3600)).start, '2026-11-23T07:00:00.000Z');
});

test('a live window that is a little late keeps the time of its samples', (t) => {
  const time = manualTime(start);
  const timeline = createTimeline({ sampleRate, isLive: true }, time.clock);
  time.pass(11_900);
  t.is(timeline.place(windowAt(0)).end, '2026-11-23T06:00:10.000Z');
});

test('a live source that lost sound is held to the clock', (t) => {
  const time = manualTime(start);
  const timeline = createTimeline({ sampleRate, isLive: true }, time.clock);
  time.pass(70_000);
  t.deepEqual(timeline.place(windowAt(0)), { start: '2026-11-23T06:01:00.000Z', end: '2026-11-23T06:01:10.000Z' });
  time.pass(2000);
  t.is(timeline.place(windowAt(2)).end, '2026-11-23T06:01:12.000Z');
});

test('a live source follows a clock that is set, forward and back', (t) => {
  const time = manualTime(0);
  const timeline = createTimeline({ sampleRate, isLive: true }, time.clock);
  time.setClock(start);
  t.is(timeline.place(windowAt(0)).end, '2026-11-23T06:00:00.000Z');
  time.setClock(start - 3_600_000);
  t.is(timeline.place(windowAt(2)).end, '2026-11-23T05:00:00.000Z');
});

test('windows of a live source follow one another in time over every jump of the clock but one back, and are as long as they sounded', (t) => {
  const time = manualTime(start);
  const timeline = createTimeline({ sampleRate, isLive: true }, time.clock);
  time.pass(10_000);
  let before = timeline.place(windowAt(0));
  for (const [step, jump] of [0, 3_600_000, -3_600_000, 1500, -1500, 31_536_000_000].entries()) {
    time.pass(2000);
    time.setClock(time.clock.now() + jump);
    const placed = timeline.place(windowAt(2 * (step + 1)));
    t.is(Date.parse(placed.end) - Date.parse(placed.start), 10_000);
    t.true(Math.abs(Date.parse(placed.end) - time.clock.now()) <= 2000, `${jump}`);
    t.is(placed.end > before.end, jump >= -2000, `${jump}`);
    before = placed;
  }
});
