import test from 'ava';

import { createLogMel, historySamples, segmentSamples } from '../../daemon/encode/log-mel.js';
import type { LogMelAudio, LogMelSegment } from '../../daemon/encode/log-mel-shape.js';

const log = { kind: 'ln', floor: 1e-5, offset: 4.5, scale: 5 } as const;
const audio: LogMelAudio = { framing: 'causal', pre_emphasis: 0.97, n_fft: 64, win_length: 50, hop_length: 20, mel_bins: 8, log };
const segment: LogMelSegment = { frames: 6, context_frames: 2 };
const bins = audio.n_fft / 2 + 1;

/** Overlapping triangles, and one empty row as narrow low bands may be. */
const mel = Float32Array.from({ length: audio.mel_bins * bins }, (_, i) => {
  const row = Math.floor(i / bins);
  return row === 0 ? 0 : Math.max(0, 1 - Math.abs((i % bins) - 4 * row) / 4);
});
const window = Float32Array.from({ length: audio.win_length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (audio.win_length - 1)));
const logMel = createLogMel({ audio, segment, mel, window });

/** docs/bundle.md word for word, by a naive discrete Fourier transform over the whole sound. */
function naiveLogMel(x: (t: number) => number, s: number, k: number, row: number): number {
  const y = (t: number) => x(t) - audio.pre_emphasis * x(t - 1);
  const end = s + (k - segment.context_frames + 1) * audio.hop_length;
  let sum = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    let real = 0;
    let imaginary = 0;
    for (let i = 0; i < audio.win_length; i += 1) {
      const value = y(end - audio.win_length + i) * window[i]!;
      real += value * Math.cos((2 * Math.PI * bin * i) / audio.n_fft);
      imaginary -= value * Math.sin((2 * Math.PI * bin * i) / audio.n_fft);
    }
    sum += mel[row * bins + bin]! * (real ** 2 + imaginary ** 2);
  }
  return (Math.log(sum + log.floor) + log.offset) / log.scale;
}

const history = historySamples(audio, segment);
const length = segmentSamples(audio, segment);
const noise = Float32Array.from({ length: 1000 }, (_, i) => 0.5 * Math.sin(i * i * 0.37) + 0.3 * Math.sin(i * 0.9));
const sound = (t: number) => (t < 0 ? 0 : noise[t]!);
const cut = (s: number) => Float32Array.from({ length: history + length }, (_, i) => sound(s - history + i));

for (const [s, where] of [[0, 'at the beginning, with silence before it'], [333, 'in the middle of the sound']] as const) {
  test(`log-mel of a segment ${where} is that of a naive transform of the whole sound`, (t) => {
    const frames = segment.context_frames + segment.frames;
    const actual = logMel(cut(s));
    t.is(actual.length, audio.mel_bins * frames);
    for (let row = 0; row < audio.mel_bins; row += 1) {
      for (let k = 0; k < frames; k += 1) {
        const difference = Math.abs(actual[row * frames + k]! - naiveLogMel(sound, s, k, row));
        t.true(difference < 1e-6, `row ${row}, frame ${k} is off by ${difference}`);
      }
    }
  });
}

test('log-mel of silence is the floor everywhere', (t) => {
  const floor = Math.fround((Math.log(log.floor) + log.offset) / log.scale);
  t.true(logMel(new Float32Array(history + length)).every((value) => value === floor));
});

test('a call leaves nothing behind for the next one', (t) => {
  const first = logMel(cut(100));
  logMel(cut(400));
  t.deepEqual(logMel(cut(100)), first);
});

test('tables and samples of another size than the settings say are refused', (t) => {
  t.throws(() => createLogMel({ audio, segment, mel: mel.subarray(1), window }), { instanceOf: RangeError, message: /mel has 263 values where 264/ });
  t.throws(() => createLogMel({ audio, segment, mel, window: window.subarray(1) }), { instanceOf: RangeError, message: /window has 49/ });
  t.throws(() => logMel(new Float32Array(length)), { instanceOf: RangeError, message: /samples has 120/ });
});
