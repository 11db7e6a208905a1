import type { Clock } from '../time/clock.js';
import type { Timers } from '../time/timers.js';

export interface MinuteOptions<Item> {
  /** So many of each kind are passed on in a minute. */
  readonly most: number;
  /** `leftOut` is how many of its kind were left out before it. */
  readonly pass: (item: Item, leftOut: number) => void;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly timers: Timers;
}

interface Kind<Item> {
  passed: number;
  leftOut: number;
  /** Newest of those beyond the number; it waits for the end of the minute. */
  held: Item | undefined;
}

const minuteMs = 60_000;
/** Kinds beyond these, in one minute, share one. */
const mostKinds = 200;

/**
 * Passes on so many items of a kind a minute. Of the others the newest follows when the minute is over, so that the
 * last word about a thing is never missing.
 */
export function atMostAMinute<Item extends object>({ most, pass, clock, timers }: MinuteOptions<Item>) {
  const kinds = new Map<string, Kind<Item>>();
  let began = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;

  /** Ends the minute; what was held follows in the order in which it came. */
  const flush = (): void => {
    cancel?.();
    cancel = undefined;
    const rest = [...kinds.values()];
    kinds.clear();
    for (const { held, leftOut } of rest) if (held !== undefined) pass(held, leftOut);
  };

  const hold = (name: string, kind: Kind<Item>, item: Item): void => {
    kind.leftOut += kind.held === undefined ? 0 : 1;
    kind.held = item;
    // Last in order: nothing that is held is newer.
    kinds.delete(name);
    kinds.set(name, kind);
    cancel ??= timers.after(began + minuteMs - clock.elapsed(), flush);
  };

  return {
    offer(kindName: string, item: Item): void {
      if (clock.elapsed() - began >= minuteMs) {
        flush();
        began = clock.elapsed();
      }
      const name = kinds.has(kindName) || kinds.size < mostKinds ? kindName : '';
      const kind = kinds.get(name) ?? { passed: 0, leftOut: 0, held: undefined };
      kinds.set(name, kind);
      if (kind.passed >= most) return hold(name, kind, item);
      kind.passed += 1;
      pass(item, 0);
    },
    /** To be called at the end. */
    flush,
  };
}
