import type { Clock } from '../time/clock.js';

const countersPerMillisecond = 10_000;
const reservedAheadMs = 3_600_000;

/** Remembers, over restarts, a time that no id has passed yet. */
export interface IdFloor {
  /** Milliseconds since 1970; 0 when nothing is remembered. Never throws. */
  read(): number;
  /** Never throws: ids that are remembered badly are better than no ids. */
  reserve(until: number): void;
}

/**
 * Makes ids such as `1763877600000-0000`: 13 digits of milliseconds, 4 of a counter. They ascend as text
 * within a device, also when the clock is set back, and over restarts as far as `floor` remembers.
 */
export function createEventIds(clock: Pick<Clock, 'now'>, floor?: IdFloor): () => string {
  let time = floor?.read() ?? 0;
  let counter = -1;
  let reserved = time;

  return () => {
    const now = clock.now();
    if (now > time) {
      time = now;
      counter = 0;
    } else if (counter + 1 < countersPerMillisecond) {
      counter += 1;
    } else {
      time += 1;
      counter = 0;
    }
    // Reserved in blocks, so that a memory card is written to once an hour and not with every event.
    if (floor !== undefined && time >= reserved) {
      // Measured from the clock: a daemon that restarts often must not run ahead by a block each time.
      reserved = Math.max(time + 1, now + reservedAheadMs);
      floor.reserve(reserved);
    }
    return `${String(time).padStart(13, '0')}-${String(counter).padStart(4, '0')}`;
  };
}
