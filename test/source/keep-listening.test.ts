import test from 'ava';

import type { AudioSource } from '../../daemon/source/audio-source.js';
import { keepListening, type KeepListeningOptions } from '../../daemon/source/keep-listening.js';
import { pause } from '../../daemon/time/pause.js';
import { createVirtualTime } from './virtual-time.js';

const sound = Float32Array.of(0.1, 0.2);
const never = new AbortController().signal;

/** A microphone that does one of these each time it is opened, the last for ever. */
function scripted(...runs: readonly (() => AsyncGenerator<Float32Array, void>)[]): AudioSource {
  let opened = 0;
  return {
    name: 'kitchen',
    kind: 'microphone',
    isLive: true,
    stream: () => {
      const run = runs[Math.min(opened, runs.length - 1)]!;
      opened += 1;
      return run();
    },
  };
}
const fails = (message: string) => async function* (): AsyncGenerator<Float32Array, void> {
  throw new Error(message);
};
const ends = async function* (): AsyncGenerator<Float32Array, void> {
  yield sound;
};

function listenTo(source: AudioSource, options: Partial<KeepListeningOptions> = {}, time = createVirtualTime()) {
  const told: string[] = [];
  const kept = keepListening(source, {
    sampleRate: 1000,
    clock: time,
    timers: time,
    random: () => 1,
    onState: (state, reason) => told.push(`${Math.round(time.elapsed())} ${state}${reason instanceof Error ? ` ${reason.message}` : ''}`),
    onGap: (lostSamples) => told.push(`${Math.round(time.elapsed())} gap of ${lostSamples}`),
    ...options,
  });
  return { kept, told };
}

test('it is still the same source', (t) => {
  const { kept } = listenTo(scripted(ends));
  t.deepEqual([kept.name, kept.kind, kept.isLive], ['kitchen', 'microphone', true]);
});

test('a lost microphone is opened again after ever longer waits, and what that has cost is told before its sound', async (t) => {
  const abort = new AbortController();
  const { kept, told } = listenTo(scripted(ends, fails('busy'), fails('busy'), fails('missing'), ends));
  const stream = kept.stream(abort.signal)[Symbol.asyncIterator]();
  t.deepEqual((await stream.next()).value, sound);
  t.deepEqual(told, ['0 listening']);
  t.deepEqual((await stream.next()).value, sound);
  t.deepEqual(told, [
    '0 listening', '0 recovering', '1000 recovering busy', '7000 recovering missing', '10000 deaf missing', '15000 gap of 14998', '15000 listening',
  ]);
  abort.abort();
  t.true((await stream.next()).done);
});

test('the wait is short again after sound that was steady, not after a moment of it', async (t) => {
  const time = createVirtualTime();
  let opened = 0;
  const source = scripted(async function* () {
    opened += 1;
    for (let i = 0; i < (opened === 4 ? 110 : 1); i += 1) {
      yield sound;
      if (opened === 4) await pause(100, time, never);
    }
  });
  const { kept, told } = listenTo(source, {}, time);
  for await (const _ of kept.stream(never)) if (opened === 6) break;
  t.deepEqual(told.filter((line) => line.includes('gap')), ['1000 gap of 998', '3000 gap of 1998', '7000 gap of 3998', '19000 gap of 1098', '21000 gap of 1998']);
});

test('sound at another pace than its rate says is told once, and once when it is right again', async (t) => {
  const time = createVirtualTime();
  const second = new Float32Array(1000).map((_, i) => (i % 20) / 100);
  const source = scripted(async function* () {
    for (let seconds = 0; seconds < 200; seconds += 1) {
      await pause(1000, time, never);
      yield seconds < 100 ? new Float32Array([...second, ...second.subarray(500)]) : second;
    }
  });
  const { kept, told } = listenTo(source, {}, time);
  let chunks = 0;
  for await (const _ of kept.stream(never)) if (++chunks === 200) break;
  t.deepEqual(told, [
    '1000 listening',
    '33000 listening sound comes in 1.50 times as fast as 1000 Hz would: it is sampled at another rate',
    '123000 listening',
  ]);
});

test('the wait has a bound', async (t) => {
  const abort = new AbortController();
  const time = createVirtualTime();
  const openedAt: number[] = [];
  const source = scripted(async function* () {
    openedAt.push(time.elapsed());
    if (openedAt.length === 6) abort.abort();
    throw new Error('missing');
  });
  const { kept } = listenTo(source, { backOff: { firstMs: 1000, longestMs: 4000 } }, time);
  for await (const _ of kept.stream(abort.signal)) t.fail();
  t.deepEqual(openedAt, [0, 1000, 3000, 7000, 11_000, 15_000]);
});

test('an abort while waiting ends it at once, without a word', async (t) => {
  const abort = new AbortController();
  const never = { after: () => () => undefined };
  const states: string[] = [];
  const { kept } = listenTo(scripted(fails('missing')), { timers: never, onState: (state) => states.push(state) });
  const next = kept.stream(abort.signal)[Symbol.asyncIterator]().next();
  setImmediate(() => abort.abort());
  t.true((await next).done);
  t.deepEqual(states, ['recovering']);
});

test('a reader that goes away ends the microphone', async (t) => {
  let isClosed = false;
  const source = scripted(async function* () {
    try {
      for (;;) yield sound;
    } finally {
      isClosed = true;
    }
  });
  for await (const _ of listenTo(source).kept.stream(new AbortController().signal)) break;
  t.true(isClosed);
});
