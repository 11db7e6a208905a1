import type { WindowTimes } from '../event/timeline.js';
import type { AudioWindow } from '../window/audio-window.js';

/** A window that is worth words, with what is known of it besides its sound. */
export interface HeardWindow {
  readonly window: AudioWindow;
  readonly times: WindowTimes;
  readonly levelDbfs: number;
  /** When its last sample had arrived, on the clock that never jumps, ms. */
  readonly completedAt: number;
}
