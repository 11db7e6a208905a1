import type { Clock } from '../../time/clock.js';

/**
 * Says when a journal has to be synced. What comes and leaves again between two syncs needs none: while the broker
 * takes every event at once, a memory card is never forced to write.
 */
export function createSyncDue(afterMs: number, clock: Pick<Clock, 'elapsed'>) {
  const unsynced = new Set<string>();
  let isLeftBehind = false;
  let since: number | undefined;

  const note = (): void => {
    const isDue = isLeftBehind || unsynced.size > 0;
    since = isDue ? (since ?? clock.elapsed()) : undefined;
  };
  return {
    added(id: string): void {
      unsynced.add(id);
      note();
    },
    gone(id: string): void {
      // A synced event that has left would come back with the next start.
      if (!unsynced.delete(id)) isLeftBehind = true;
      note();
    },
    /** Milliseconds from now, infinite when there is no need. */
    inMs: (): number => (since === undefined ? Number.POSITIVE_INFINITY : since + afterMs - clock.elapsed()),
    /** All that there is up to now is in the sync that begins now. */
    clear(): void {
      unsynced.clear();
      isLeftBehind = false;
      since = undefined;
    },
  };
}
