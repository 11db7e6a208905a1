import type { LogScale } from './log-scale.js';

/** The part of the manifest's `audio` that shapes a log-mel; see docs/bundle.md. */
export interface LogMelAudio {
  readonly framing: 'causal' | 'center';
  readonly pre_emphasis: number;
  readonly n_fft: number;
  readonly win_length: number;
  readonly hop_length: number;
  readonly mel_bins: number;
  readonly log: LogScale;
}

/** The part of the manifest's `segment` that shapes a log-mel. */
export interface LogMelSegment {
  readonly frames: number;
  readonly context_frames: number;
}
