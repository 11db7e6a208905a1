import type { SearchSettings } from './search-settings.js';

export interface Candidate {
  readonly beam: number;
  readonly token: number;
  /** Cumulative log-probability, float32. */
  readonly score: number;
}

export interface Ranking {
  readonly settings: SearchSettings;
  /** [beamSize, V], row-major. */
  readonly logProbs: Float32Array;
  /** Running scores, [beamSize]. */
  readonly scores: Float32Array;
  /** Tokens that each beam may not say next, [beamSize]. */
  readonly avoided: readonly (readonly number[])[];
  /** At the first step all beams are the same, so that beam 0 speaks for them. */
  readonly isFirst: boolean;
}

/**
 * The best `beamSize` of all beams and tokens, best first; of equals the one of the lower beam, then the lower
 * token. Something forbidden counts as minus infinity and is taken only where nothing else is left.
 * @throws RangeError on a NaN.
 */
export function rankCandidates({ settings, logProbs, scores, avoided, isFirst }: Ranking): Candidate[] {
  const { beamSize } = settings;
  const vocabularySize = logProbs.length / beamSize;
  const best: Candidate[] = [];
  let isFull = false;
  let worst = -Infinity;
  for (let beam = 0; beam < (isFirst ? 1 : beamSize); beam += 1) {
    const running = scores[beam] ?? 0;
    const isForbidden = (token: number): boolean => settings.forbidden.includes(token) || avoided[beam]?.includes(token) === true;
    const row = logProbs.subarray(beam * vocabularySize, (beam + 1) * vocabularySize);
    for (let token = 0; token < vocabularySize; token += 1) {
      let score = Math.fround(running + (row[token] ?? NaN));
      // Nearly all end here. A NaN does not.
      if (isFull && score <= worst) continue;
      if (Number.isNaN(score)) throw new RangeError(`the decoder gave NaN for token ${token} of beam ${beam}`);
      if (isForbidden(token)) {
        if (isFull) continue;
        score = -Infinity;
      }
      insert(best, { beam, token, score });
      if (isFull) best.pop();
      isFull = best.length === beamSize;
      worst = best.at(-1)?.score ?? worst;
    }
  }
  return best;
}

/** Behind its equals, so that whoever came first stays first. */
function insert(best: Candidate[], candidate: Candidate): void {
  const at = best.findIndex(({ score }) => score < candidate.score);
  best.splice(at === -1 ? best.length : at, 0, candidate);
}
