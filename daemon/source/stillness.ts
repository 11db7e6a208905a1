/** A signal that does not move, and for how long it has not. */
export interface Stillness {
  /** How long, s; 0 where it moves. */
  readonly seconds: number;
  /** Lowest and highest sample meanwhile. */
  readonly lowest: number;
  readonly highest: number;
}

/**
 * The quietest room makes the best microphone rustle over ten steps of 16 bits and more. What stays within this many is
 * no sound: zeros of a mute switch, the constant of a broken capsule, or the last bit of a converter that nothing drives,
 * dithered, and over a resampler.
 */
export const stillSteps = 4;

const step = 1 / 2 ** 15;

/** Watches samples in [-1, 1] for a signal that does not move. */
export function createStillnessWatch(sampleRate: number): { hear(samples: Float32Array): Stillness; reset(): void } {
  let lowest = 0;
  let highest = 0;
  let stillSamples = 0;
  const isStill = (low: number, high: number): boolean => high - low <= (stillSteps + 0.01) * step;
  const told = (): Stillness => ({ seconds: stillSamples / sampleRate, lowest, highest });

  return {
    hear(samples) {
      const range = rangeOf(samples, isStill);
      if (range === undefined) {
        stillSamples = 0;
        return told();
      }
      const [low, high] = range;
      const goesOn = stillSamples > 0 && isStill(Math.min(low, lowest), Math.max(high, highest));
      lowest = goesOn ? Math.min(low, lowest) : low;
      highest = goesOn ? Math.max(high, highest) : high;
      stillSamples = (goesOn ? stillSamples : 0) + samples.length;
      return told();
    },
    reset() {
      stillSamples = 0;
    },
  };
}

/** Lowest and highest of some samples; undefined as soon as they are too far apart, which they mostly are within a few. */
function rangeOf(samples: Float32Array, isStill: (low: number, high: number) => boolean): readonly [low: number, high: number] | undefined {
  const [first = 0] = samples;
  let low = first;
  let high = first;
  for (const sample of samples) {
    if (sample < low) low = sample;
    else if (sample > high) high = sample;
    else continue;
    if (!isStill(low, high)) return undefined;
  }
  return [low, high];
}

/** In words, completing "what comes in is". */
export function describeStillness({ lowest, highest }: Stillness): string {
  if (lowest === 0 && highest === 0) return 'nothing but zeros';
  return lowest === highest ? `a constant (${lowest.toPrecision(2)} of full scale)` : 'nothing but the last bits of a converter that no sound drives';
}
