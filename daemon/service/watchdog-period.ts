/**
 * How long systemd waits between two signs of life, ms; undefined where it does not, or where it watches another
 * process: sd_watchdog_enabled(3).
 */
export function watchdogPeriodMs({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv, pid: number): number | undefined {
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== '' && WATCHDOG_PID !== String(pid)) return undefined;
  if (WATCHDOG_USEC === undefined || !/^[1-9]\d*$/.test(WATCHDOG_USEC)) return undefined;
  return Number(WATCHDOG_USEC) / 1000;
}
