import type { Counters } from '../event/health.js';

/** What is counted as it happens. */
export type Counts = Pick<Counters, 'windowsCaptioned' | 'windowsGated' | 'windowsSkipped' | 'windowsWordless' | 'windowsFailed' | 'lagSeconds'>;

/** Counts what becomes of windows. */
export interface Tally {
  captioned(lagMs: number): void;
  gated(): void;
  skipped(): void;
  wordless(): void;
  failed(): void;
  /** The counts as they are now. */
  read(): Counts;
}

export function createTally(): Tally {
  const counts = { windowsCaptioned: 0, windowsGated: 0, windowsSkipped: 0, windowsWordless: 0, windowsFailed: 0, lagSeconds: 0 };
  return {
    captioned(lagMs) {
      counts.windowsCaptioned += 1;
      counts.lagSeconds = lagMs / 1000;
    },
    gated() {
      counts.windowsGated += 1;
    },
    skipped() {
      counts.windowsSkipped += 1;
    },
    wordless() {
      counts.windowsWordless += 1;
    },
    failed() {
      counts.windowsFailed += 1;
    },
    read: () => ({ ...counts }),
  };
}
