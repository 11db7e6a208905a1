import test from 'ava';
import fc from 'fast-check';

import { createResampler } from '../../../daemon/source/decode/resample.js';
import { amplitudeAt, concatenate, decibels, tone } from '../sound.js';

async function resample(sound: Float32Array, from: number, to: number, chunkSizes: readonly number[]): Promise<Float32Array> {
  const resampler = await createResampler(from, to);
  const chunks: Float32Array[] = [];
  let rest = sound;
  for (const size of chunkSizes) {
    chunks.push(resampler.push(rest.subarray(0, size)).slice());
    rest = rest.subarray(size);
  }
  chunks.push(resampler.push(rest).slice(), resampler.flush().slice());
  resampler.close();
  return concatenate(chunks);
}

for (const from of [8000, 16000, 22050, 44100, 48000, 96000]) {
  test(`a tone at ${from} Hz keeps its length, level and phase`, async (t) => {
    const resampled = await resample(tone({ sampleRate: from, seconds: 3 }), from, 32000, [1000, 1, 4096]);
    t.is(resampled.length, 96000);
    const ideal = tone({ seconds: 3 });
    const worst = resampled.subarray(3200, -3200).reduce((most, sample, i) => Math.max(most, Math.abs(sample - ideal[i + 3200]!)), 0);
    t.true(decibels(worst / 0.5) < -100, `it strays by ${decibels(worst / 0.5)} dB`);
  });
}

test('what the lower rate cannot hold is taken out, not folded back', async (t) => {
  const resampled = await resample(tone({ hertz: 20_000, sampleRate: 48000 }), 48000, 32000, []);
  t.true(decibels(amplitudeAt(12_000, resampled.subarray(3200, -3200)) / 0.5) < -90);
});

test('the samples are the same however the sound is cut into chunks', async (t) => {
  const sound = Float32Array.from({ length: 9000 }, (_, i) => Math.sin(i * i * 0.001));
  const whole = await resample(sound, 44100, 32000, []);
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(4000)), async (sizes) => {
    t.deepEqual(await resample(sound, 44100, 32000, sizes), whole);
  }), { numRuns: 30 });
});

test('two streams at once do not touch each other', async (t) => {
  const [a, b] = await Promise.all([createResampler(48000, 32000), createResampler(48000, 32000)]);
  const sound = tone({ sampleRate: 48000 });
  const alone = await resample(sound, 48000, 32000, []);
  const fromA: Float32Array[] = [];
  for (let at = 0; at < sound.length; at += 1000) {
    fromA.push(a.push(sound.subarray(at, at + 1000)).slice());
    b.push(new Float32Array(1000).fill(0.9));
  }
  fromA.push(a.flush().slice());
  t.deepEqual(concatenate(fromA), alone);
});

test('four minutes do not drift by a sample', async (t) => {
  const resampler = await createResampler(22050, 32000);
  const chunk = new Float32Array(22050);
  let length = 0;
  for (let second = 0; second < 240; second += 1) length += resampler.push(chunk).length;
  t.is(length + resampler.flush().length, 240 * 32000);
  resampler.close();
});

test('nothing pushed gives nothing', async (t) => {
  t.is((await resample(new Float32Array(0), 44100, 32000, [])).length, 0);
});
