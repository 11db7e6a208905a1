export interface BackOffOptions {
  /** Upper bound of the first wait, ms. */
  readonly firstMs: number;
  /** Upper bound of all waits, ms. */
  readonly longestMs: number;
}

export const defaultBackOff: BackOffOptions = { firstMs: 1000, longestMs: 60_000 };

/**
 * How long to wait, in ms, after `failures` failures in a row (1, 2, ...): twice as long each time up to a bound,
 * of which half is left to chance, so that the devices of a house do not return to a broker all at once.
 */
export function backOffDelay(failures: number, { firstMs, longestMs }: BackOffOptions, random: () => number): number {
  const bound = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return bound * (0.5 + random() / 2);
}
