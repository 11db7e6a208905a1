import test from 'ava';

import { createLogMel, historySamples, segmentSamples } from '../../daemon/encode/log-mel.js';
import type { LogMelAudio } from '../../daemon/encode/log-mel-shape.js';

const log = { kind: 'db', floor: 1e-10, top_db: 120 } as const;
const audio: LogMelAudio = { framing: 'center', pre_emphasis: 0, n_fft: 64, win_length: 50, hop_length: 20, mel_bins: 4, log };
const segment = { frames: 9, context_frames: 0 };
const bins = audio.n_fft / 2 + 1;
const mel = Float32Array.from({ length: audio.mel_bins * bins }, (_, i) => Math.max(0, 1 - Math.abs((i % bins) - 8 * Math.floor(i / bins)) / 8));
const window = Float32Array.from({ length: audio.win_length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / audio.win_length));
const logMel = createLogMel({ audio, segment, mel, window });
const length = segmentSamples(audio, segment);
const sound = Float32Array.from({ length }, (_, i) => 0.5 * Math.sin(i * i * 0.37) + 0.3 * Math.sin(i * 0.9));

/** Step 4 of docs/bundle.md for a centred frame, by a naive discrete Fourier transform of the reflected sound. */
function naiveMelPower(x: Float32Array, k: number, row: number): number {
  const reflected = (t: number) => x[t < 0 ? -t : t > length - 1 ? 2 * (length - 1) - t : t]!;
  let sum = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    let real = 0;
    let imaginary = 0;
    for (let i = 0; i < audio.win_length; i += 1) {
      const value = reflected(k * audio.hop_length - audio.win_length / 2 + i) * window[i]!;
      real += value * Math.cos((2 * Math.PI * bin * i) / audio.n_fft);
      imaginary -= value * Math.sin((2 * Math.PI * bin * i) / audio.n_fft);
    }
    sum += mel[row * bins + bin]! * (real ** 2 + imaginary ** 2);
  }
  return sum;
}

const decibels = (power: number) => 10 * Math.log10(Math.max(power, log.floor));

test('centred frames need no history and stand on both ends of the segment', (t) => {
  t.is(historySamples(audio, segment), 0);
  t.is(length, 8 * 20);
});

test('log-mel of centred frames is that of a naive transform of the sound reflected at its ends', (t) => {
  const actual = logMel(sound);
  t.is(actual.length, 4 * 9);
  for (let row = 0; row < 4; row += 1) {
    for (let k = 0; k < 9; k += 1) {
      const difference = Math.abs(actual[row * 9 + k]! - decibels(naiveMelPower(sound, k, row)));
      t.true(difference < 1e-5, `row ${row}, frame ${k} is off by ${difference} dB`);
    }
  }
});

test('decibels end 120 below the loudest of the segment', (t) => {
  const halfSilent = sound.map((value, i) => (i < 80 ? 100 * value : 0));
  const actual = logMel(halfSilent);
  t.true(Math.abs(Math.max(...actual) - Math.min(...actual) - 120) < 1e-4);
});

test('decibels of a quiet sound end at the floor, which is nearer', (t) => {
  const actual = logMel(sound.map((value, i) => (i < 80 ? value * 1e-3 : 0)));
  t.is(Math.min(...actual), -100);
});

test('decibels of silence are the floor everywhere', (t) => {
  t.true(logMel(new Float32Array(length)).every((value) => value === -100));
});
