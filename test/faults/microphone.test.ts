import test from 'ava';

import type { Hearing } from '../../daemon/event/source-state.js';
import type { AudioSource } from '../../daemon/source/audio-source.js';
import { graceMs } from '../../daemon/source/capture/end-child.js';
import { keepListening } from '../../daemon/source/keep-listening.js';
import { pause } from '../../daemon/time/pause.js';
import { createVirtualTime } from '../source/virtual-time.js';

/** No user may be left in the dark for longer, ms. */
const toldWithin = 15_000;
/** Longest wait between two attempts, and the first chunk of sound, ms. */
const backWithin = 10_100;

const sampleRate = 1000;
const chunkMs = 100;
const goodUntil = 20_000;
const mendedAt = 120_000;
/** A signal of one's own: many who wait on one look like a leak. */
const never = () => new AbortController().signal;

type Time = ReturnType<typeof createVirtualTime>;
type Sound = AsyncGenerator<Float32Array, void>;

const step = 1 / 2 ** 15;
const rustle = () => Float32Array.from({ length: chunkMs }, (_, i) => (i % 20) * step);

async function* play(time: Time, until: number, chunk: () => Float32Array = rustle): Sound {
  while (time.elapsed() < until) {
    await pause(chunkMs, time, never());
    yield chunk();
  }
}

/** What a microphone does from the moment of the fault on, each time that it is opened, until it is mended. */
type Fault = (time: Time) => Sound;

const fails = (afterMs: number): Fault =>
  async function* (time) {
    await pause(afterMs, time, never());
    throw new Error('lost');
  };
const delivers = (chunk: () => Float32Array): Fault => (time) => play(time, mendedAt, chunk);

const faults: readonly (readonly [what: string, fault: Fault, told: Hearing])[] = [
  ['whose program is not installed', fails(0), 'deaf'],
  ['that is not there, or busy', fails(50), 'deaf'],
  ['whose program ends with exit code 0', async function* (time) {
    await pause(50, time, never());
  }, 'deaf'],
  ['that stalls', fails(5000), 'deaf'],
  ['that stalls and whose program has to be killed', fails(5000 + graceMs), 'deaf'],
  ['that stalls and whose program hangs in a driver', fails(5000 + 2 * graceMs), 'deaf'],
  ['whose network camera stalls', fails(15_000), 'deaf'],
  ['that delivers zeros', delivers(() => new Float32Array(chunkMs)), 'silent'],
  ['that delivers a constant', delivers(() => new Float32Array(chunkMs).fill(-0.1)), 'silent'],
  ['that delivers the last bit of an idle converter', delivers(() => Float32Array.from({ length: chunkMs }, (_, i) => ((i * i) % 3) * step)), 'silent'],
];

/** Lives with a microphone that has a fault from the beginning or after some sound, until it is mended and heard again. */
async function liveWith(fault: Fault, beginsAt: number) {
  const time = createVirtualTime();
  const told: { readonly at: number; readonly state: Hearing }[] = [];
  const source: AudioSource = {
    name: 'kitchen',
    kind: 'microphone',
    isLive: true,
    async *stream() {
      if (time.elapsed() < beginsAt) yield* play(time, beginsAt);
      if (time.elapsed() < mendedAt) yield* fault(time);
      if (time.elapsed() >= mendedAt) yield* play(time, Infinity);
    },
  };
  const kept = keepListening(source, {
    sampleRate,
    clock: time,
    timers: time,
    random: () => 1,
    onState: (state) => told.push({ at: time.elapsed(), state }),
    onGap: () => undefined,
  });
  for await (const _ of kept.stream(never())) if (time.elapsed() > mendedAt + 30_000) break;
  const first = (wanted: readonly Hearing[], after: number) => (told.find(({ at, state }) => at >= after && wanted.includes(state))?.at ?? Infinity) - after;
  return { first, told };
}

for (const [what, fault, state] of faults) {
  for (const [when, beginsAt] of [['from the start', 0], ['after some sound', goodUntil]] as const) {
    test(`a microphone ${what} is told as ${state} in time and heard again in time, ${when}`, async (t) => {
      const { first, told } = await liveWith(fault, beginsAt);
      const toldAfter = first([state], beginsAt);
      const backAfter = first(['listening'], mendedAt);
      t.log(`first word after ${first(['recovering', state], beginsAt) / 1000} s, ${state} after ${toldAfter / 1000} s, heard again ${backAfter / 1000} s after it was mended`);
      t.true(toldAfter < toldWithin, `${state} after ${toldAfter} ms`);
      // Whoever waits for an attempt that has begun waits for its end too.
      t.true(backAfter <= backWithin + 15_000, `back after ${backAfter} ms`);
      t.true(told.length <= 5, 'a change is told once');
    });
  }
}
