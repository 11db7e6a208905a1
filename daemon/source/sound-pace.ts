import type { Clock } from '../time/clock.js';

/** A look lasts this long, ms; what comes in at once when a source is opened is left out of the first. */
const lookMs = 15_000;
const openingMs = 2000;
/** So far off may the pace be: sound cards differ by a thousandth, networks deliver in bursts. Rates that are mistaken for each other differ by more. */
const tolerance = 0.1;

/** Knows whether live sound comes in as fast as its sample rate says. */
export interface SoundPace {
  /**
   * So many samples have come in. Returns how many times as fast as it should sound comes in, where two looks in a row
   * have found it off to the same side; the first such value until it is right again.
   */
  heard(samples: number): number | undefined;
  /** The source has been opened anew. */
  opened(): void;
}

export function createSoundPace(sampleRate: number, clock: Pick<Clock, 'elapsed'>): SoundPace {
  let begunAt: number | undefined;
  let counted = 0;
  let last = 1;
  let told: number | undefined;

  const judge = (pace: number): void => {
    const side = (of: number): number => (Math.abs(of - 1) <= tolerance ? 0 : Math.sign(of - 1));
    if (side(pace) === 0) told = undefined;
    else if (side(pace) === side(last)) told ??= pace;
    last = pace;
  };

  return {
    heard(samples) {
      const now = clock.elapsed();
      begunAt ??= now + openingMs;
      if (now < begunAt) return told;
      counted += samples;
      const lasted = now - begunAt;
      if (lasted < lookMs) return told;
      judge((counted / sampleRate) * (1000 / lasted));
      begunAt = now;
      counted = 0;
      return told;
    },
    opened() {
      begunAt = undefined;
      counted = 0;
      last = 1;
      told = undefined;
    },
  };
}
