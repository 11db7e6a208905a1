import type { Clock } from '../../../daemon/time/clock.js';
import type { Timers } from '../../../daemon/time/timers.js';

interface Alarm {
  at: number;
  readonly ring: () => void;
}

/** A clock and timers that stand still until told to go on. */
export function manualTime(start = Date.UTC(2026, 10, 23)) {
  let now = start;
  let elapsed = 0;
  const alarms = new Set<Alarm>();

  const clock: Clock = { now: () => now, elapsed: () => elapsed };
  const timers: Timers = {
    after(ms, ring) {
      const alarm: Alarm = { at: elapsed + ms, ring };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
  };
  return {
    clock,
    timers,
    pending: () => alarms.size,
    /** Lets time pass, and what is due happen in its order. */
    pass(ms: number): void {
      const end = elapsed + ms;
      for (let next = earliest(alarms, end); next !== undefined; next = earliest(alarms, end)) {
        alarms.delete(next);
        now += next.at - elapsed;
        elapsed = next.at;
        next.ring();
      }
      now += end - elapsed;
      elapsed = end;
    },
    /** Time has passed, and nothing was done in it: what is due then is now due that much later. */
    jump(ms: number): void {
      for (const alarm of alarms) alarm.at += ms;
      now += ms;
      elapsed += ms;
    },
    /** The machine learns another time of day. */
    setClock(ms: number): void {
      now = ms;
    },
  };
}

function earliest(alarms: Set<Alarm>, end: number): Alarm | undefined {
  return [...alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
}
