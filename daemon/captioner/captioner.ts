import type { AudioWindow } from '../window/audio-window.js';

/** What the model says of one window. */
export interface Caption {
  /** Capitalised, without a full stop. */
  readonly text: string;
  /** Geometric mean of the probabilities of the caption's tokens, in (0, 1]. */
  readonly confidence: number;
  /** Token ids without start, end included when it was reached. */
  readonly tokens: readonly number[];
}

/** Puts windows into words, one at a time. */
export interface Captioner {
  caption(window: AudioWindow): Promise<Caption>;
  close(): Promise<void>;
}
