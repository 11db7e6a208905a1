import type { Clock } from '../time/clock.js';
import type { Timers } from '../time/timers.js';
import { atMostAMinute } from './at-most-a-minute.js';
import { markLevelled, type LevelledStream, type LineStream } from './levelled-stream.js';

export interface RateOptions {
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly timers: Timers;
}

/** Lines of one message a minute; a state that comes and goes all the time must not fill a disk. */
const mostAMinute = 10;
/** Captions are what the log is for, and each costs a run of the model. */
const unbounded = 'caption';
const error = 50;

/**
 * Writes a message at most ten times a minute, and then the newest of those left out with their number as `left_out`.
 * Captions and errors are never left out. `flush` writes what waits.
 */
export function boundRate(plain: LineStream | LevelledStream, { clock, timers }: RateOptions): LevelledStream & { flush(): void } {
  const pass = ({ line, level }: { line: string; level: number }, leftOut: number): void => {
    if ('lastLevel' in plain) plain.lastLevel = level;
    plain.write(leftOut === 0 ? line : line.replace(/\}\n$/, `,"left_out":${leftOut}}\n`));
  };
  const bounded = atMostAMinute({ most: mostAMinute, pass, clock, timers });

  const stream: LevelledStream = {
    lastLevel: 30,
    lastMsg: undefined,
    write(line) {
      const { lastLevel: level, lastMsg: message } = stream;
      if (message === unbounded || level >= error) pass({ line, level }, 0);
      else bounded.offer(`${level} ${message}`, { line, level });
    },
  };
  return Object.assign(markLevelled(stream), { flush: bounded.flush });
}
