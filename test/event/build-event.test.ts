import test from 'ava';
import { buildCaptionEvent } from '../../daemon/event/build-caption-event.js';
import { buildHealth, type Counters } from '../../daemon/event/health.js';
import { sourceState } from '../../daemon/event/source-state.js';
import { counters } from '../helpers/counters.js';

const parts = {
  id: '1763877600000-0000',
  source: 'mic',
  caption: { text: 'Dog barks', confidence: 0.123456 },
  levelDbfs: -31.2345,
  times: { start: '2026-11-23T06:00:00.000Z', end: '2026-11-23T06:00:10.000Z' },
  model: 'default',
};

test('a caption event has the fields that subscribers rely on', (t) => {
  t.deepEqual(buildCaptionEvent(parts), {
    id: '1763877600000-0000',
    source: 'mic',
    caption: 'Dog barks',
    confidence: 0.1235,
    level_dbfs: -31.2,
    start: '2026-11-23T06:00:00.000Z',
    end: '2026-11-23T06:00:10.000Z',
    model: 'default',
  });
});

for (const [confidence, expected] of [[1e-9, 0.0001], [1.0000001, 1], [Number.NaN, 0.0001]] as const) {
  test(`a confidence of ${confidence} is told as ${expected}, in (0, 1]`, (t) => {
    t.is(buildCaptionEvent({ ...parts, caption: { text: 'x', confidence } }).confidence, expected);
  });
}

for (const [levelDbfs, expected] of [[Number.NEGATIVE_INFINITY, -120], [Number.NaN, -120], [0.04, 0]] as const) {
  test(`a level of ${levelDbfs} dBFS is told as ${expected}, for JSON has no such number`, (t) => {
    t.is(buildCaptionEvent({ ...parts, levelDbfs }).level_dbfs, expected);
  });
}

test('a source state says since when, and why if that is known', (t) => {
  t.deepEqual(sourceState('listening', 0), { state: 'listening', since: '1970-01-01T00:00:00.000Z' });
  t.is(sourceState('deaf', 0, 'unplugged').reason, 'unplugged');
});

test('health has the fields that subscribers rely on', (t) => {
  const found: Counters = {
    windowsCaptioned: 1,
    windowsGated: 2,
    windowsSkipped: 3,
    windowsWordless: 4,
    windowsFailed: 5,
    lagSeconds: 0.456,
    hopSeconds: 2,
    overruns: 6,
    captioner: 'restarting',
    captionerRestarts: 7,
    temperatureC: 61.27,
    isThrottled: true,
  };
  t.deepEqual(buildHealth(found, { dropped: 8, waiting: 9, outbox: 'disk' }, 0, 1000), {
    time: '1970-01-01T00:00:01.000Z',
    started: '1970-01-01T00:00:00.000Z',
    windows_captioned: 1,
    windows_gated: 2,
    windows_skipped: 3,
    windows_wordless: 4,
    windows_failed: 5,
    lag_s: 0.46,
    hop_s: 2,
    overruns: 6,
    captioner: 'restarting',
    captioner_restarts: 7,
    temperature_c: 61.3,
    throttled: true,
    events_dropped: 8,
    events_waiting: 9,
    outbox: 'disk',
  });
});

test('health holds no number that JSON lacks', (t) => {
  const health = buildHealth(counters({ lagSeconds: Number.NaN, temperatureC: undefined }), { dropped: 0, waiting: 0, outbox: 'disk' }, 0, 0);
  t.like(health, { lag_s: 0, temperature_c: null });
  t.deepEqual(JSON.parse(JSON.stringify(health)), health);
});
