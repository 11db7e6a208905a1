import type { AudioSource } from '../source/audio-source.js';
import type { Timers } from '../time/timers.js';
import type { Progress } from './progress.js';

export interface WatchdogParts {
  /** How often to look, ms: a quarter of what the service manager waits, so that a sign comes in time whenever work moved. */
  readonly lookEveryMs: number;
  readonly progress: Pick<Progress, 'takeProgress'>;
  /** Called when there is something to show for the time since the last call. Must not throw. */
  readonly onAlive: () => void;
  readonly timers: Timers;
}

export interface Watchdog {
  /** The same source; that it is being sought counts as a sign of life. */
  watch(source: AudioSource): AudioSource;
  stop(): void;
}

/**
 * Gives a sign of life whenever sound and inference have both moved on since the last one. A source that is lost gives
 * no sound, and no restart brings it back: there, an attempt that has begun, or is being waited for, is the work. An
 * attempt that neither hears nor ends is a hang like any other.
 */
export function startWatchdog({ lookEveryMs, progress, onAlive, timers }: WatchdogParts): Watchdog {
  let audio = false;
  let inference = false;
  let hasBegun = false;
  let isResting = false;
  let cancel = (): void => undefined;

  const look = (): void => {
    cancel = timers.after(lookEveryMs, look);
    const made = progress.takeProgress();
    audio ||= made.audio;
    inference ||= made.inference;
    const isSought = hasBegun || isResting;
    if (!isSought && !(audio && inference)) return;
    audio = inference = hasBegun = false;
    onAlive();
  };
  cancel = timers.after(lookEveryMs, look);

  return {
    watch: (source) => ({
      ...source,
      async *stream(signal) {
        hasBegun = true;
        isResting = false;
        try {
          yield* source.stream(signal);
        } finally {
          isResting = true;
        }
      },
    }),
    stop: () => cancel(),
  };
}
