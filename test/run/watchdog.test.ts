import test from 'ava';
import { createProgress } from '../../daemon/run/progress.js';
import { startWatchdog } from '../../daemon/run/watchdog.js';
import type { AudioSource } from '../../daemon/source/audio-source.js';
import { manualTime } from '../publish/helpers/manual-time.js';

/** systemd waits 8 s here, so the watchdog looks every 2 s. */
function watched() {
  const time = manualTime();
  const progress = createProgress();
  let signs = 0;
  const watchdog = startWatchdog({ lookEveryMs: 2000, progress, onAlive: () => (signs += 1), timers: time.timers });
  return { time, progress, watchdog, signs: () => signs };
}

/** A source whose attempts last until the test ends them. */
function source() {
  const ends: (() => void)[] = [];
  const sounding: AudioSource = {
    name: 'kitchen',
    kind: 'microphone',
    isLive: true,
    async *stream() {
      yield new Float32Array(1);
      await new Promise<void>((resolve) => ends.push(resolve));
    },
  };
  return { sounding, end: () => ends.shift()?.() };
}

/** Time for what has been promised to happen. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function attempt(stream: AsyncIterable<Float32Array>): Promise<void> {
  for await (const chunk of stream) if (chunk.length === 0) return;
}

test('a sign of life is given at every look for which sound and inference have both moved', (t) => {
  const { time, progress, signs } = watched();
  for (let second = 0; second < 20; second += 1) {
    progress.audioArrived();
    progress.inferenceMoved();
    time.pass(1000);
  }
  t.is(signs(), 10);
});

test('sound without inference, inference without sound, and neither, are no life', (t) => {
  for (const kind of ['audioArrived', 'inferenceMoved', undefined] as const) {
    const { time, progress, signs } = watched();
    for (let second = 0; second < 100; second += 1) {
      if (kind !== undefined) progress[kind]();
      time.pass(1000);
    }
    t.is(signs(), 0, kind);
  }
});

test('the two need not move within the same look', (t) => {
  const { time, progress, signs } = watched();
  progress.audioArrived();
  time.pass(2000);
  t.is(signs(), 0);
  progress.inferenceMoved();
  time.pass(2000);
  t.is(signs(), 1);
  time.pass(60_000);
  t.is(signs(), 1);
});

test('a lost source that is tried again and again is life, and the wait between two attempts too', async (t) => {
  const { time, watchdog, signs } = watched();
  const { sounding, end } = source();
  const stream = watchdog.watch(sounding).stream;
  for (let failures = 1; failures <= 3; failures += 1) {
    const attempted = attempt(stream(new AbortController().signal));
    await turn();
    time.pass(2000);
    end();
    await attempted;
    time.pass(30_000);
  }
  t.is(signs(), 3 * 16);
});

test('an attempt that neither hears nor ends is a hang', async (t) => {
  const { time, watchdog, signs } = watched();
  const { sounding, end } = source();
  const attempted = attempt(watchdog.watch(sounding).stream(new AbortController().signal));
  await turn();
  time.pass(100_000);
  t.is(signs(), 1);
  end();
  await attempted;
});

test('once stopped it looks no more', (t) => {
  const { time, progress, watchdog, signs } = watched();
  watchdog.stop();
  progress.audioArrived();
  progress.inferenceMoved();
  time.pass(10_000);
  t.is(signs(), 0);
  t.is(time.pending(), 0);
});
