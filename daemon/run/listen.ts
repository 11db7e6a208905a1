import type { Clock } from '../time/clock.js';
import type { WindowTimes } from '../event/timeline.js';
import type { Gate } from '../gate/gate.js';
import type { AudioSource } from '../source/audio-source.js';
import type { AudioWindow } from '../window/audio-window.js';
import type { WindowSlider } from '../window/slide-windows.js';
import { newestWins, oneAfterAnother } from './handover.js';
import type { HeardWindow } from './heard-window.js';
import type { Progress } from './progress.js';
import type { Tally } from './tally.js';

export interface ListenParts {
  readonly source: AudioSource;
  readonly slider: WindowSlider;
  readonly gate: Gate;
  readonly timeline: { place(window: AudioWindow): WindowTimes };
  /** Must not reject. */
  readonly wording: (heard: HeardWindow) => Promise<void>;
  readonly tally: Tally;
  readonly progress: Pick<Progress, 'audioArrived' | 'inferenceMoved'>;
  readonly clock: Pick<Clock, 'elapsed'>;
  /** Called when the first sound has come in. */
  readonly onSound?: () => void;
}

/**
 * The way of one source's sound: windows, gate, words. Ends when the source does or when `signal` aborts; then the
 * window at hand is finished and the one waiting is dropped. Rejects with what the source throws.
 */
export async function listen(parts: ListenParts, signal: AbortSignal): Promise<void> {
  const { source, slider, gate, timeline, wording, tally, progress, clock, onSound } = parts;
  const handover = source.isLive ? newestWins(wording, () => tally.skipped()) : oneAfterAnother(wording);
  const drop = (): void => handover.drop();
  signal.addEventListener('abort', drop, { once: true });

  const hear = async (windows: readonly AudioWindow[]): Promise<void> => {
    for (const window of windows) {
      if (signal.aborted) return;
      const times = timeline.place(window);
      const { isOpen, levelDbfs } = gate(window);
      if (isOpen) {
        await handover.give({ window, times, levelDbfs, completedAt: clock.elapsed() });
      } else {
        tally.gated();
        progress.inferenceMoved();
      }
    }
  };

  let isHeard = false;
  try {
    for await (const chunk of source.stream(signal)) {
      if (!isHeard) onSound?.();
      isHeard = true;
      progress.audioArrived();
      await hear(slider.push(chunk));
    }
    await hear(slider.flush());
  } finally {
    signal.removeEventListener('abort', drop);
    await handover.finish();
  }
}
