import type { AudioWindow } from '../window/audio-window.js';
import type { Clock } from '../time/clock.js';

/** When a window sounded, ISO 8601. */
export interface WindowTimes {
  readonly start: string;
  readonly end: string;
}

export interface TimelineOptions {
  readonly sampleRate: number;
  /** A live source is held to the clock; any other runs at the speed of its samples from when it began. */
  readonly isLive: boolean;
  /** How far, in ms, samples and clock may drift apart before the clock wins. */
  readonly toleranceMs?: number;
}

/**
 * Turns window positions into times, from the moment of its creation, when the source starts.
 * `place` is to be called when a window is complete, not when it has been captioned: for a live source its last
 * sample has then just been heard, and a lost stretch of sound, a drifting sound card or a set clock show as drift.
 */
export function createTimeline(options: TimelineOptions, clock: Pick<Clock, 'now'>): { place(window: AudioWindow): WindowTimes } {
  const { sampleRate, isLive, toleranceMs = 2000 } = options;
  const msOf = (samples: number): number => (samples / sampleRate) * 1000;
  let startedAt = clock.now();

  return {
    place(window) {
      const heard = msOf(window.startSample + window.heardSamples);
      const drift = clock.now() - (startedAt + heard);
      if (isLive && Math.abs(drift) > toleranceMs) startedAt += drift;
      return { start: isoTime(startedAt + msOf(window.startSample)), end: isoTime(startedAt + heard) };
    },
  };
}

/** ISO 8601 in UTC with milliseconds. */
export function isoTime(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}
