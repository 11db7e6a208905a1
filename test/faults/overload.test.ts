import test from 'ava';

import type { Captioner } from '../../daemon/captioner/captioner.js';
import type { CaptionEvent } from '../../daemon/event/caption-event.js';
import { createGate } from '../../daemon/gate/gate.js';
import { createLog } from '../../daemon/log/create-log.js';
import { listen } from '../../daemon/run/listen.js';
import { createProgress } from '../../daemon/run/progress.js';
import { createWording } from '../../daemon/run/put-into-words.js';
import { reportHop } from '../../daemon/run/report-hop.js';
import { createTally } from '../../daemon/run/tally.js';
import type { AudioSource } from '../../daemon/source/audio-source.js';
import { pause } from '../../daemon/time/pause.js';
import { createAdaptiveHop } from '../../daemon/window/adaptive-hop.js';
import { createWindowSlider } from '../../daemon/window/slide-windows.js';
import { createVirtualTime } from '../source/virtual-time.js';

const sampleRate = 100;
const chunkMs = 1000;
const hops = [2, 4, 6, 8, 10] as const;

/** The whole way of live sound for some time, on a machine whose windows take as long as `loadAt` says at that time, ms. */
async function live(seconds: number, loadAt: (ms: number) => number) {
  const time = createVirtualTime();
  const stop = new AbortController();
  const never = () => new AbortController().signal;
  const source: AudioSource = {
    name: 'kitchen',
    kind: 'microphone',
    isLive: true,
    async *stream() {
      while (time.elapsed() < seconds * 1000) {
        await pause(chunkMs, time, never());
        yield Float32Array.from({ length: (chunkMs / 1000) * sampleRate }, (_, i) => (i % 2) - 0.5);
      }
    },
  };
  let atOnce = 0;
  let mostAtOnce = 0;
  const captioner: Captioner = {
    async caption() {
      mostAtOnce = Math.max(mostAtOnce, (atOnce += 1));
      await pause(loadAt(time.elapsed()), time, never());
      atOnce -= 1;
      return { text: 'Rain falls', confidence: 0.5, tokens: [] };
    },
    close: () => Promise.resolve(),
  };
  const lags: number[] = [];
  const lines: string[] = [];
  const changes: { readonly at: number; readonly hop: number }[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push((JSON.parse(line) as { msg: string }).msg) } });
  const report = reportHop(hops[0], log);
  const hop = createAdaptiveHop({
    hops: [...hops],
    clock: time,
    onChange(to, why) {
      changes.push({ at: Math.round(time.elapsed() / 1000), hop: to });
      report(to, why);
    },
  });
  const tally = createTally();
  const progress = createProgress();
  const onEvent = (_: CaptionEvent): void => void lags.push(tally.read().lagSeconds);
  const wording = createWording({ captioner, source: 'kitchen', model: 'test', nextId: () => '', onEvent, tally, progress, clock: time, onTook: hop.took, log });
  const slider = createWindowSlider({ windowSamples: 10 * sampleRate, hopSamples: 2 * sampleRate, historySamples: 0, nextHopSamples: () => hop.current() * sampleRate });
  const timeline = { place: () => ({ start: new Date(0).toISOString(), end: new Date(0).toISOString() }) };
  await listen({ source, slider, gate: createGate({ thresholdDbfs: -60 }), timeline, wording, tally, progress, clock: time }, stop.signal);
  return { ...tally.read(), hop: hop.current(), changes, lines, mostAtOnce, longestLag: Math.max(...lags) };
}

test('three times too much to do: one window at a time, the newest wins, and the hop widens once', async (t) => {
  const { windowsCaptioned, windowsSkipped, hop, changes, lines, mostAtOnce, longestLag } = await live(1800, () => 6000);
  t.log(`half an hour at 6 s a window: ${windowsCaptioned} captioned, ${windowsSkipped} skipped, longest lag ${longestLag} s, hop ${hop} s after ${changes[0]?.at} s`);
  t.is(mostAtOnce, 1);
  t.is(hop, 8);
  t.deepEqual(changes.length, 1);
  t.deepEqual(lines, ['the machine cannot keep up: captions come less often']);
  t.true(longestLag <= 2 * 6, 'a window waits for the one before it at most');
  t.true(windowsSkipped < 10, 'none is cut that is not put into words');
});

test('slower than the widest hop: windows are skipped for good, and lag does not grow', async (t) => {
  const { windowsCaptioned, windowsSkipped, hop, longestLag } = await live(1800, () => 25_000);
  t.log(`half an hour at 25 s a window: ${windowsCaptioned} captioned, ${windowsSkipped} skipped, longest lag ${longestLag} s`);
  t.is(hop, 10);
  t.true(windowsSkipped > 75);
  t.true(longestLag <= 50);
});

test('when the load is gone the hop is what was asked for within five minutes, and stays', async (t) => {
  const { hop, changes, lines } = await live(1800, (ms) => (ms < 600_000 ? 9500 : 200));
  t.log(changes.map(({ at, hop: to }) => `${to} s after ${at} s`).join(', '));
  t.is(hop, 2);
  t.deepEqual(changes.map(({ hop: to }) => to), [10, 8, 6, 4, 2]);
  t.true((changes.at(-1)?.at ?? Infinity) <= 600 + 300);
  t.is(lines.length, changes.length);
});

test('a load that comes and goes moves the hop no more often than declared', async (t) => {
  const { changes } = await live(1800, (ms) => (Math.floor(ms / 90_000) % 2 === 0 ? 9500 : 100));
  t.log(`${changes.length} changes in half an hour`);
  t.true(changes.length <= (2 * 1800) / 70);
});
