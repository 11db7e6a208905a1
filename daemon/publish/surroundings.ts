import { systemClock, type Clock } from '../time/clock.js';
import { systemTimers, type Timers } from '../time/timers.js';

/** What the publisher writes its state changes to; a pino logger is one. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

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
