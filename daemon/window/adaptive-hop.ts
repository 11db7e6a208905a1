import type { Clock } from '../time/clock.js';

export interface AdaptiveHopOptions {
  /** Hops to choose from, in seconds, ascending. The first is the one that is wanted. */
  readonly hops: readonly [number, ...number[]];
  readonly clock: Pick<Clock, 'elapsed'>;
  /** Called once a change. Must not throw. */
  readonly onChange?: (seconds: number, why: HopChange) => void;
}

export type HopChange = 'overload' | 'heat' | 'relief';

/** From one window's start to the next: wider while the machine cannot keep up, as narrow as wanted when it can. */
export interface AdaptiveHop {
  /** A window took so long to be put into words, ms. */
  took(ms: number): void;
  /** Whether the machine has slowed itself down, for heat or for want of power. */
  throttled(isThrottled: boolean): void;
  /** In seconds. To be asked before each window. */
  current(): number;
}

/** What share of a hop its window may take: above `full` it is too much, below `roomy` it would do with a narrower one. */
const shares = { full: 0.9, roomy: 0.6 };
/** A machine that protects itself is spared: it is to be idle most of the time. */
const sharesWhenThrottled = { full: 0.3, roomy: 0.2 };

/** So many windows in a row must take too long: one alone is an accident. */
export const windowsToWiden = 3;
/** No change is followed by a widening sooner than this, ms. */
export const settleMs = 10_000;
/** No change is followed by a narrowing sooner than this, ms, and all windows since must have been quick enough for it. */
export const calmMs = 60_000;

/**
 * Widens at once as far as is needed, narrows step by step. The two bounds lie apart, so that a steady load settles on one
 * hop; a load that swings moves it at most twice in `settleMs + calmMs`.
 */
export function createAdaptiveHop({ hops, clock, onChange = () => undefined }: AdaptiveHopOptions): AdaptiveHop {
  let level = 0;
  let changedAt = Number.NEGATIVE_INFINITY;
  let isThrottled = false;
  let newest: number[] = [];
  let slowest: { readonly at: number; readonly ms: number }[] = [];

  const share = () => (isThrottled ? sharesWhenThrottled : shares);
  const hop = (of = level): number => hops[of] ?? hops[0];
  const change = (to: number, why: HopChange): void => {
    level = to;
    changedAt = clock.elapsed();
    newest = [];
    slowest = [];
    onChange(hop(), why);
  };

  const widenIfNeeded = (): void => {
    const quickest = Math.min(...newest) / 1000;
    const isTooMuch = (of: number): boolean => quickest > share().full * hop(of);
    if (newest.length < windowsToWiden || level === hops.length - 1 || !isTooMuch(level)) return;
    if (clock.elapsed() - changedAt < settleMs) return;
    const wideEnough = hops.findIndex((_, of) => of > level && !isTooMuch(of));
    change(wideEnough === -1 ? hops.length - 1 : wideEnough, isThrottled ? 'heat' : 'overload');
  };

  const narrowIfPossible = (): void => {
    const now = clock.elapsed();
    if (level === 0 || now - changedAt < calmMs) return;
    slowest = slowest.filter(({ at }) => now - at < calmMs);
    // Where nothing was loud enough to be put into words, nothing was too much either.
    const worst = Math.max(0, ...slowest.map(({ ms }) => ms)) / 1000;
    if (worst <= share().roomy * hop(level - 1)) change(level - 1, 'relief');
  };

  return {
    took(ms) {
      newest = [...newest, ms].slice(-windowsToWiden);
      // A quicker one that is older cannot be the slowest any more: what is kept descends, and stays short.
      slowest = [...slowest.filter((entry) => entry.ms > ms), { at: clock.elapsed(), ms }].filter(({ at }) => clock.elapsed() - at < calmMs);
      widenIfNeeded();
    },
    throttled(is) {
      isThrottled = is;
      widenIfNeeded();
    },
    current() {
      narrowIfPossible();
      return hop();
    },
  };
}
