import type { Counters } from '../../daemon/event/health.js';

/** Health of a daemon that has just started, but for what a test is about. */
export function counters(but: Partial<Counters> = {}): Counters {
  return {
    windowsCaptioned: 0,
    windowsGated: 0,
    windowsSkipped: 0,
    windowsWordless: 0,
    windowsFailed: 0,
    lagSeconds: 0,
    hopSeconds: 2,
    overruns: 0,
    captioner: 'ready',
    captionerRestarts: 0,
    temperatureC: undefined,
    isThrottled: false,
    ...but,
  };
}
