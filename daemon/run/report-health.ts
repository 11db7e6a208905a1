import type { Counters } from '../event/health.js';
import type { Log } from '../log/create-log.js';
import { pause } from '../time/pause.js';
import type { Timers } from '../time/timers.js';
import type { MachineHeat } from './machine-heat.js';

export interface HealthParts {
  /** All but what the machine says of itself. */
  readonly read: () => Omit<Counters, keyof MachineHeat>;
  readonly readHeat: () => Promise<MachineHeat>;
  /** Called once a change. */
  readonly onThrottled: (isThrottled: boolean) => void;
  readonly publisher: { health(counters: Counters): void };
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly timers: Timers;
}

/** As often as the publisher passes it on, ms. */
const everyMs = 30_000;

/** Says how the daemon fares, by a timer: most of all while there is no sound, and so nothing else that happens. */
export async function keepReportingHealth(parts: HealthParts, signal: AbortSignal): Promise<void> {
  const { read, readHeat, onThrottled, publisher, log, timers } = parts;
  let heat: MachineHeat = { temperatureC: undefined, isThrottled: false };

  const look = async (): Promise<void> => {
    const wasThrottled = heat.isThrottled;
    heat = await readHeat();
    if (heat.isThrottled === wasThrottled) return;
    if (heat.isThrottled) log.warn({ temperature_c: heat.temperatureC }, 'the machine slows itself down: it is too hot or its power supply too weak');
    else log.info({ temperature_c: heat.temperatureC }, 'the machine is at full speed again');
    onThrottled(heat.isThrottled);
  };

  while (!signal.aborted) {
    await look();
    publisher.health({ ...read(), ...heat });
    await pause(everyMs, timers, signal);
  }
  publisher.health({ ...read(), ...heat });
}
