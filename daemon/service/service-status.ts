import type { Hearing } from '../event/source-state.js';
import { atMostEvery } from '../time/at-most-every.js';
import type { Clock } from '../time/clock.js';
import type { Timers } from '../time/timers.js';
import type { Notifier } from './notifier.js';

export interface StatusParts {
  readonly source: string;
  readonly notifier: Pick<Notifier, 'ready' | 'status'>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Each change costs a process, and nobody reads so fast. */
  readonly atMostEveryMs?: number;
}

/** The line that `systemctl status` shows of the daemon. */
export interface ServiceStatus {
  /** Start-up is complete with the first sound, or where none is wanted; a missing microphone is told, and waited for. */
  hearing(state: Hearing, why?: string): void;
  /** `text` is what was said of the window heard last. */
  captioned(text: string): void;
  /** Whether what is heard can be put into words, or why not. */
  captioner(isReady: boolean, why?: string): void;
  /** No line waits any more. */
  stop(): void;
}

export function createServiceStatus({ source, notifier, clock, timers, atMostEveryMs = 10_000 }: StatusParts): ServiceStatus {
  let isReady = false;
  let heard = 'Starting';
  let wordless = '';
  let said = '';
  let isStopped = false;
  // What holds when the line leaves, not what held when it was asked for.
  const tell = (): void => {
    if (!isStopped) void notifier.status(heard + wordless + said);
  };
  const telling = atMostEvery<true>(atMostEveryMs, tell, clock, timers);

  return {
    hearing(state, why) {
      heard = describe(source, state, why);
      if ((state === 'listening' || state === 'off') && !isReady) {
        isReady = true;
        void notifier.ready(heard);
      } else {
        telling.offer(true);
      }
    },
    captioned(text) {
      // A time of day stays true while nothing newer is told; "12 s ago" would not.
      said = `; at ${timeOfDay(clock.now())}: ${text}`;
      telling.offer(true);
    },
    captioner(isWorking, why) {
      const before = wordless;
      wordless = isWorking ? '' : `; captions are missing, the captioner is started again${because(why)}`;
      if (wordless !== before) telling.offer(true);
    },
    stop() {
      isStopped = true;
    },
  };
}

function describe(source: string, state: Hearing, why: string | undefined): string {
  switch (state) {
    case 'listening':
      return `Listening to ${source}${because(why)}`;
    case 'off':
      return `Switched off: ${source} is closed until it is switched on`;
    case 'silent':
      return `Nothing but digital silence from ${source}, muted or broken`;
    case 'recovering':
      return `Sound from ${source} was lost, trying again${because(why)}`;
    case 'deaf':
      return `Deaf: no sound from ${source}, trying again until it works${because(why)}`;
  }
}

function because(why: string | undefined): string {
  return why === undefined ? '' : `: ${why}`;
}

/** Local: it is for whoever sits before the machine. */
function timeOfDay(now: number): string {
  return new Date(now).toTimeString().slice(0, 8);
}
