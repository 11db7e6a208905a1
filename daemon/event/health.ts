import { isoTime } from './timeline.js';

/** Whether the process that runs the model is there; `failing`: it was lost again and again without a caption between. */
export const captionerStates = ['ready', 'restarting', 'failing'] as const;

/** What the daemon counts since its start, and what it finds now. */
export interface Counters {
  readonly windowsCaptioned: number;
  /** Too quiet to be worth a caption. */
  readonly windowsGated: number;
  /** Left out because newer sound was waiting. */
  readonly windowsSkipped: number;
  /** The model had nothing to say of them. */
  readonly windowsWordless: number;
  /** Lost because the model failed, hung or crashed over them. */
  readonly windowsFailed: number;
  /** From the end of the window captioned last to its caption. */
  readonly lagSeconds: number;
  /** From the start of one window to the start of the next, now. */
  readonly hopSeconds: number;
  /** How often sound was lost because it was not taken from the sound card in time. */
  readonly overruns: number;
  readonly captioner: (typeof captionerStates)[number];
  readonly captionerRestarts: number;
  /** Of the processor; undefined where the machine does not say. */
  readonly temperatureC: number | undefined;
  /** The machine has slowed itself down, for heat or for want of power. */
  readonly isThrottled: boolean;
}

/** What became of events on their way to the broker. */
export interface EventCounts {
  /** Never delivered: pushed out by newer ones, too old, or refused by the broker. */
  readonly dropped: number;
  readonly waiting: number;
  /** What becomes of those that wait when the daemon ends: `failing` is a disk that does not work. */
  readonly outbox: 'disk' | 'memory' | 'failing';
}

/** How the daemon fares. Field names are a contract with subscribers. */
export interface Health {
  /** ISO 8601. */
  readonly time: string;
  readonly started: string;
  readonly windows_captioned: number;
  readonly windows_gated: number;
  readonly windows_skipped: number;
  readonly windows_wordless: number;
  readonly windows_failed: number;
  readonly lag_s: number;
  readonly hop_s: number;
  readonly overruns: number;
  readonly captioner: Counters['captioner'];
  readonly captioner_restarts: number;
  /** Null where the machine does not say. */
  readonly temperature_c: number | null;
  readonly throttled: boolean;
  readonly events_dropped: number;
  readonly events_waiting: number;
  readonly outbox: EventCounts['outbox'];
}

/** `started` and `now` in milliseconds since 1970. */
export function buildHealth(counters: Counters, events: EventCounts, started: number, now: number): Health {
  return {
    time: isoTime(now),
    started: isoTime(started),
    windows_captioned: counters.windowsCaptioned,
    windows_gated: counters.windowsGated,
    windows_skipped: counters.windowsSkipped,
    windows_wordless: counters.windowsWordless,
    windows_failed: counters.windowsFailed,
    lag_s: finite(counters.lagSeconds, 2) ?? 0,
    hop_s: finite(counters.hopSeconds, 3) ?? 0,
    overruns: counters.overruns,
    captioner: counters.captioner,
    captioner_restarts: counters.captionerRestarts,
    temperature_c: finite(counters.temperatureC, 1) ?? null,
    throttled: counters.isThrottled,
    events_dropped: events.dropped,
    events_waiting: events.waiting,
    outbox: events.outbox,
  };
}

/** JSON has no other numbers. */
function finite(value: number | undefined, digits: number): number | undefined {
  return Number.isFinite(value) ? Number(value?.toFixed(digits)) : undefined;
}
