import test from 'ava';

import { createResampler } from '../../daemon/source/decode/resample.js';
import { createStillnessWatch, describeStillness, type Stillness } from '../../daemon/source/stillness.js';

const sampleRate = 16_000;
const step = 1 / 2 ** 15;

/** Numbers in [0, 1) of a small generator, always the same. */
function chance(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** Noise of a normal distribution, in steps of 16 bits, as a converter delivers it. */
function roomNoise(seconds: number, steps: number): Float32Array {
  const random = chance();
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Float32Array.from({ length: seconds * sampleRate }, () => Math.round(normal() * steps) * step);
}

/** A converter that nothing drives: triangular dither of a step either way. */
function dither(seconds: number): Float32Array {
  const random = chance();
  return Float32Array.from({ length: seconds * sampleRate }, () => Math.round(random() - random()) * step);
}

function hearAll(samples: Float32Array): Stillness {
  const watch = createStillnessWatch(sampleRate);
  let told = watch.hear(new Float32Array(0));
  for (let from = 0; from < samples.length; from += 1000) told = watch.hear(samples.subarray(from, from + 1000));
  return told;
}

test('zeros, a constant and an idle converter do not move, however long', (t) => {
  const constant = new Float32Array(20 * sampleRate).fill(-0.0123);
  for (const [samples, description] of [
    [new Float32Array(20 * sampleRate), 'nothing but zeros'],
    [constant, 'a constant (-0.012 of full scale)'],
    [dither(20), 'nothing but the last bits of a converter that no sound drives'],
    [dither(20).map((sample) => sample + 0.25), 'nothing but the last bits of a converter that no sound drives'],
  ] as const) {
    const still = hearAll(samples);
    t.is(still.seconds, 20);
    t.is(describeStillness(still), description);
  }
});

test('an idle converter is known behind a resampler too', async (t) => {
  for (const rate of [8000, 44_100, 48_000]) {
    const resampler = await createResampler(rate, sampleRate);
    const samples = resampler.push(dither(20));
    resampler.close();
    t.true(hearAll(samples.subarray(2000)).seconds > 0.9 * (samples.length / sampleRate - 1), `${rate} Hz`);
  }
});

test('a quiet room moves: noise of one step of 16 bits, -90 dBFS, which is quieter than microphones are', (t) => {
  for (const steps of [1, 1.5, 5]) t.true(hearAll(roomNoise(20, steps)).seconds < 0.5);
});

test('a slow drift of many steps is not taken for sound while it stays within a few', (t) => {
  const drift = Float32Array.from({ length: 20 * sampleRate }, (_, i) => Math.floor(i / (8 * sampleRate)) * step);
  t.is(hearAll(drift).seconds, 20);
});

test('one click ends it, and it begins anew', (t) => {
  const samples = new Float32Array(10 * sampleRate);
  samples[5 * sampleRate] = 0.5;
  const { seconds } = hearAll(samples);
  t.true(seconds > 4.8 && seconds <= 5);
});
