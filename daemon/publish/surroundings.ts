import { systemClock, type Clock } from '../event/clock.js';

/** What the publisher writes its state changes to; a pino logger is one. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Waits, injected. */
export interface Timers {
  /** Calls back once after `ms`; the returned function calls it off. */
  after(ms: number, callback: () => void): () => void;
}

export const systemTimers: Timers = {
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** The world around the publisher. */
export interface Surroundings {
  readonly clock: Clock;
  readonly timers: Timers;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

export function realSurroundings(log: Log): Surroundings {
  return { clock: systemClock, timers: systemTimers, random: Math.random, log };
}
