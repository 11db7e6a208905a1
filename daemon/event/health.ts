import { isoTime } from './timeline.js';

/** What the daemon counts since its start. */
export interface Counters {
  readonly windowsCaptioned: number;
  /** Too quiet to be worth a caption. */
  readonly windowsGated: number;
  /** Left out because newer sound was waiting. */
  readonly windowsSkipped: number;
  /** From the end of the window captioned last to its caption. */
  readonly lagSeconds: number;
}

/** What became of events on their way to the broker. */
export interface EventCounts {
  /** Never delivered: pushed out by newer ones, too old, or refused by the broker. */
  readonly dropped: number;
  readonly waiting: number;
}

/** How the daemon fares. Field names are a contract with subscribers. */
export interface Health {
  /** ISO 8601. */
  readonly time: string;
  readonly started: string;
  readonly windows_captioned: number;
  readonly windows_gated: number;
  readonly windows_skipped: number;
  readonly lag_s: number;
  readonly events_dropped: number;
  readonly events_waiting: number;
}

/** `started` and `now` in milliseconds since 1970. */
export function buildHealth(counters: Counters, events: EventCounts, started: number, now: number): Health {
  return {
    time: isoTime(now),
    started: isoTime(started),
    windows_captioned: counters.windowsCaptioned,
    windows_gated: counters.windowsGated,
    windows_skipped: counters.windowsSkipped,
    lag_s: Number.isFinite(counters.lagSeconds) ? Number(counters.lagSeconds.toFixed(2)) : 0,
    events_dropped: events.dropped,
    events_waiting: events.waiting,
  };
}
