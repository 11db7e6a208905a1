import { rankCandidates } from './rank-candidates.js';
import type { SearchSettings } from './search-settings.js';
import { tokensToAvoid } from './tokens-to-avoid.js';

/**
 * One step of the decoder: log-probabilities [beamSize, V] of what follows `tokens` [beamSize], which stand at
 * `position`. Beam b goes on from what beam `parents[b]` had said before. All three arrays belong to the
 * search, the result to the step; neither is kept beyond the next call.
 */
export type DecoderStep = (
  tokens: Int32Array,
  position: number,
  parents: Int32Array,
) => Promise<Float32Array> | Float32Array;

export interface Hypothesis {
  /** Without start; ends with the end token if it was reached. */
  readonly tokens: readonly number[];
  /** Mean log-probability of the tokens. */
  readonly score: number;
}

/** What is taken from the running score of a beam that has ended, so that it rarely goes on. */
const ENDED_PENALTY = 1000;

/**
 * Beam search as in the published code of EffB2-Trm (docs/bundle.md, "Decoding"), its corner cases included:
 * a beam that has ended is not removed, and the search stops early at exactly `beamSize` finished beams only.
 * Running scores are float32 as there, so that ties and roundings fall the same way.
 * @throws RangeError when the step yields a NaN.
 */
export async function searchBeams(settings: SearchSettings, step: DecoderStep): Promise<Hypothesis> {
  const { beamSize, maxTokens, start, end } = settings;
  const tokens = new Int32Array(beamSize).fill(start);
  const parents = Int32Array.from(tokens.keys());
  const scores = new Float32Array(beamSize);
  let sequences: readonly (readonly number[])[] = Array.from(parents, () => []);
  let done = 0;
  let best: Hypothesis | undefined;

  for (let t = 0; t < maxTokens; t += 1) {
    const logProbs = await step(tokens, t, parents);
    const avoided = settings.forbidRepeats ? sequences.map((sequence) => tokensToAvoid(sequence, start)) : [];
    const candidates = rankCandidates({ settings, logProbs, scores, avoided, isFirst: t === 0 });
    sequences = candidates.map(({ beam, token }) => [...(sequences[beam] ?? []), token]);
    for (const [index, { beam, token, score }] of candidates.entries()) {
      parents[index] = beam;
      tokens[index] = token;
      scores[index] = score;
      if (token !== end && t < maxTokens - 1) continue;
      done += 1;
      // The first stored of equals wins, as a stable sort leaves it.
      const normalised = score / (t + 1);
      if (best === undefined || normalised > best.score) {
        best = { tokens: sequences[index] ?? [], score: normalised };
      }
      scores[index] = Math.fround(score - ENDED_PENALTY);
    }
    if (done === beamSize) break;
  }
  if (best === undefined) throw new RangeError('beam search needs max_tokens of at least 1');
  return best;
}
