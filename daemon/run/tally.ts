import type { Counters } from '../event/health.js';

/** Counts what becomes of windows. */
export interface Tally {
  captioned(lagMs: number): void;
  gated(): void;
  skipped(): void;
  failed(): void;
  /** The counts as they are now. */
  read(): Counters & { readonly windowsFailed: number };
}

export function createTally(): Tally {
  let windowsCaptioned = 0;
  let windowsGated = 0;
  let windowsSkipped = 0;
  let windowsFailed = 0;
  let lagSeconds = 0;
  return {
    captioned(lagMs) {
      windowsCaptioned += 1;
      lagSeconds = lagMs / 1000;
    },
    gated() {
      windowsGated += 1;
    },
    skipped() {
      windowsSkipped += 1;
    },
    failed() {
      windowsFailed += 1;
    },
    read: () => ({ windowsCaptioned, windowsGated, windowsSkipped, windowsFailed, lagSeconds }),
  };
}
