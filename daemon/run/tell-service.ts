import type { Notifier } from '../service/notifier.js';
import { createServiceStatus, type ServiceStatus } from '../service/service-status.js';
import { watchdogPeriodMs } from '../service/watchdog-period.js';
import type { AudioSource } from '../source/audio-source.js';
import type { Clock } from '../time/clock.js';
import type { Timers } from '../time/timers.js';
import type { Progress } from './progress.js';
import { startWatchdog, type Watchdog } from './watchdog.js';

export interface ServiceParts {
  readonly source: string;
  readonly notifier: Notifier;
  readonly progress: Pick<Progress, 'takeProgress'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly environment?: NodeJS.ProcessEnv;
}

/** All that the service manager hears of the daemon. */
export interface ServiceTelling extends Pick<ServiceStatus, 'hearing' | 'captioned' | 'captioner'> {
  /** The same source; from here on signs of life are given. See `Watchdog`. */
  watch(source: AudioSource): AudioSource;
  /** The daemon ends. Resolves when that has been told. */
  stopping(): Promise<void>;
}

/** While nobody watches, starting up still takes as long as the microphone lets it wait. */
const unwatchedPeriodMs = 60_000;

export function tellService({ source: name, notifier, progress, clock, timers, environment = process.env }: ServiceParts): ServiceTelling {
  const status = createServiceStatus({ source: name, notifier, clock, timers });
  const periodMs = watchdogPeriodMs(environment, process.pid) ?? unwatchedPeriodMs;
  let watchdog: Watchdog | undefined;

  return {
    hearing: status.hearing,
    captioned: status.captioned,
    captioner: status.captioner,
    watch(source) {
      watchdog ??= startWatchdog({ lookEveryMs: periodMs / 4, progress, onAlive: () => void notifier.alive(), timers });
      return watchdog.watch(source);
    },
    stopping() {
      watchdog?.stop();
      status.stop();
      return notifier.stopping();
    },
  };
}
