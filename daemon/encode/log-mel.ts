import FFT from 'fft.js';

import { sparseRows, type SparseRows } from './sparse-rows.js';

/** The part of the manifest's `audio` that shapes a log-mel; see docs/bundle.md. */
export interface LogMelAudio {
  readonly pre_emphasis: number;
  readonly n_fft: number;
  readonly win_length: number;
  readonly hop_length: number;
  readonly mel_bins: number;
  readonly log: { readonly floor: number; readonly offset: number; readonly scale: number };
}

/** The part of the manifest's `segment` that shapes a log-mel. */
export interface LogMelSegment {
  readonly frames: number;
  readonly context_frames: number;
}

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

/** Samples before a segment that its first frame, its context and the pre-emphasis reach back to. */
export function historySamples(audio: LogMelAudio, segment: LogMelSegment): number {
  return audio.win_length - audio.hop_length + 1 + segment.context_frames * audio.hop_length;
}

/** Samples of one segment, history not counted. */
export function segmentSamples(audio: LogMelAudio, segment: LogMelSegment): number {
  return segment.frames * audio.hop_length;
}

/** Prepares docs/bundle.md "Log-mel"; its steps are numbered below as there. Throws RangeError on tables of other sizes. */
export function createLogMel({ audio, segment, mel, window }: LogMelOptions): LogMel {
  const { n_fft, win_length, hop_length, mel_bins, pre_emphasis, log } = audio;
  const bins = n_fft / 2 + 1;
  requireLength('window', window.length, win_length);
  requireLength('mel', mel.length, mel_bins * bins);
  const rows = sparseRows(mel, mel_bins, bins);
  const frames = segment.context_frames + segment.frames;
  const inputLength = historySamples(audio, segment) + segmentSamples(audio, segment);

  const fft = new FFT(n_fft);
  const frame = new Float64Array(n_fft); // the zeros behind win_length stay
  const spectrum = new Float64Array(2 * n_fft);
  const power = new Float64Array(bins);

  return (samples) => {
    requireLength('samples', samples.length, inputLength);
    const output = new Float32Array(mel_bins * frames);
    for (let k = 0; k < frames; k += 1) {
      // Steps 1 to 3. The sample before the first frame is there for the pre-emphasis alone.
      const start = 1 + k * hop_length;
      for (let i = 0; i < win_length; i += 1) {
        frame[i] = (samples[start + i]! - pre_emphasis * samples[start + i - 1]!) * window[i]!;
      }
      fft.realTransform(spectrum, frame);
      for (let bin = 0; bin < bins; bin += 1) {
        power[bin] = spectrum[2 * bin]! ** 2 + spectrum[2 * bin + 1]! ** 2;
      }
      writeLogMelColumn(output, k, frames, rows, power, log);
    }
    return output;
  };
}

/** Steps 4 and 5 for one frame. */
function writeLogMelColumn(
  output: Float32Array, column: number, columns: number, rows: SparseRows, power: Float64Array, log: LogMelAudio['log'],
): void {
  for (let row = 0; row < rows.count; row += 1) {
    const first = rows.firstColumn[row]!;
    const from = rows.offset[row]!;
    const length = rows.offset[row + 1]! - from;
    let sum = 0;
    for (let i = 0; i < length; i += 1) sum += rows.weights[from + i]! * power[first + i]!;
    output[row * columns + column] = (Math.log(sum + log.floor) + log.offset) / log.scale;
  }
}

function requireLength(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new RangeError(`log-mel: ${what} has ${actual} values where ${expected} are needed`);
}
