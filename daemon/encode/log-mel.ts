import FFT from 'fft.js';

import { createReadFrame } from './framing.js';
import type { LogMelAudio, LogMelSegment } from './log-mel-shape.js';
import { toLog } from './log-scale.js';
import { sparseRows, type SparseRows } from './sparse-rows.js';

export interface LogMelOptions {
  readonly audio: LogMelAudio;
  readonly segment: LogMelSegment;
  /** `mel.f32`: row-major [mel_bins, n_fft / 2 + 1]. */
  readonly mel: Float32Array;
  /** `window.f32`: [win_length]. */
  readonly window: Float32Array;
}

/** Samples [history + segment] at the bundle's rate to log-mel [mel_bins, context_frames + frames], row-major. */
export type LogMel = (samples: Float32Array) => Float32Array;

/** Samples before a segment that its first frame, its context and the pre-emphasis reach back to; none if frames are centred. */
export function historySamples(audio: LogMelAudio, segment: LogMelSegment): number {
  if (audio.framing === 'center') return 0;
  return audio.win_length - audio.hop_length + 1 + segment.context_frames * audio.hop_length;
}

/** Samples of one segment, history not counted. Centred frames stand on both its ends. */
export function segmentSamples(audio: LogMelAudio, segment: LogMelSegment): number {
  return (audio.framing === 'center' ? segment.frames - 1 : segment.frames) * audio.hop_length;
}

/** Prepares docs/bundle.md "Log-mel"; its steps are numbered below as there. Throws RangeError on tables of other sizes. */
export function createLogMel({ audio, segment, mel, window }: LogMelOptions): LogMel {
  const { n_fft, win_length, mel_bins, log } = audio;
  const bins = n_fft / 2 + 1;
  requireLength('window', window.length, win_length);
  requireLength('mel', mel.length, mel_bins * bins);
  const rows = sparseRows(mel, mel_bins, bins);
  const frames = segment.context_frames + segment.frames;
  const inputLength = historySamples(audio, segment) + segmentSamples(audio, segment);

  const fft = new FFT(n_fft);
  const readFrame = createReadFrame(audio, window);
  const frame = new Float64Array(n_fft); // the zeros behind win_length stay
  const spectrum = new Float64Array(2 * n_fft);
  const power = new Float64Array(bins);
  const melPower = new Float64Array(mel_bins * frames);

  return (samples) => {
    requireLength('samples', samples.length, inputLength);
    for (let k = 0; k < frames; k += 1) {
      readFrame(samples, k, frame); // steps 1 to 3
      fft.realTransform(spectrum, frame);
      for (let bin = 0; bin < bins; bin += 1) {
        power[bin] = spectrum[2 * bin]! ** 2 + spectrum[2 * bin + 1]! ** 2;
      }
      writeMelColumn(melPower, k, frames, rows, power);
    }
    return toLog(melPower, log);
  };
}

/** Step 4 for one frame. */
function writeMelColumn(output: Float64Array, column: number, columns: number, rows: SparseRows, power: Float64Array): void {
  for (let row = 0; row < rows.count; row += 1) {
    const first = rows.firstColumn[row]!;
    const from = rows.offset[row]!;
    const length = rows.offset[row + 1]! - from;
    let sum = 0;
    for (let i = 0; i < length; i += 1) sum += rows.weights[from + i]! * power[first + i]!;
    output[row * columns + column] = sum;
  }
}

function requireLength(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new RangeError(`log-mel: ${what} has ${actual} values where ${expected} are needed`);
}
