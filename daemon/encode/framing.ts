import type { LogMelAudio } from './log-mel-shape.js';

/** Writes frame `k` of a segment, windowed, into the first `win_length` places of `frame`. */
export type ReadFrame = (samples: Float32Array, k: number, frame: Float64Array) => void;

/** Steps 1 to 3 of docs/bundle.md "Log-mel", up to the FFT. */
export function createReadFrame(audio: LogMelAudio, window: Float32Array): ReadFrame {
  return audio.framing === 'center' ? centeredFrames(audio, window) : causalFrames(audio, window);
}

function causalFrames({ win_length, hop_length, pre_emphasis }: LogMelAudio, window: Float32Array): ReadFrame {
  return (samples, k, frame) => {
    // The sample before the first frame is there for the pre-emphasis alone.
    const start = 1 + k * hop_length;
    for (let i = 0; i < win_length; i += 1) {
      frame[i] = (samples[start + i]! - pre_emphasis * samples[start + i - 1]!) * window[i]!;
    }
  };
}

function centeredFrames({ win_length, hop_length }: LogMelAudio, window: Float32Array): ReadFrame {
  const reach = Math.floor(win_length / 2);
  return (samples, k, frame) => {
    const start = k * hop_length - reach;
    const last = samples.length - 1;
    for (let i = 0; i < win_length; i += 1) {
      const at = Math.abs(start + i);
      frame[i] = samples[at > last ? 2 * last - at : at]! * window[i]!;
    }
  };
}
