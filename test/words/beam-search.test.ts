import test from 'ava';
import fc from 'fast-check';

import { searchBeams, type DecoderStep, type Hypothesis } from '../../daemon/words/beam-search.js';
import type { SearchSettings } from '../../daemon/words/search-settings.js';

/** A language model as a plain function: log-probabilities [V] of what follows a sequence. */
type Model = (sequence: readonly number[]) => readonly number[];

const END = 0;
const plain = { start: 1, end: END, forbidden: [], forbidRepeats: false };

/** A decoder that remembers what each beam has said by nothing but the parents it is told. */
function stepOf(model: Model, calls: { position: number; parents: number[] }[] = []): DecoderStep {
  let heard: number[][] = [];
  return (tokens, position, parents) => {
    calls.push({ position, parents: [...parents] });
    heard = [...tokens].map((token, beam) => (position === 0 ? [] : [...(heard[parents[beam] ?? 0] ?? []), token]));
    return Float32Array.from(heard.flatMap(model));
  };
}

/** The published code's search read line by line, with whole sequences and a full sort. */
function naiveSearch({ beamSize, maxTokens, end, forbidden, forbidRepeats }: SearchSettings, model: Model): Hypothesis {
  let beams = Array.from({ length: beamSize }, () => ({ sequence: [] as number[], score: 0 }));
  const done: Hypothesis[] = [];
  for (let t = 0; t < maxTokens; t += 1) {
    const all = (t === 0 ? beams.slice(0, 1) : beams).flatMap(({ sequence, score }) =>
      model(sequence).map((logProb, token) => {
        const last = sequence.at(-1) ?? plain.start;
        const isPairSaidBefore = sequence.some((said, at) => said === last && sequence[at + 1] === token);
        const isForbidden = forbidden.includes(token) || (forbidRepeats && (token === last || isPairSaidBefore));
        return { sequence: [...sequence, token], score: isForbidden ? -Infinity : Math.fround(score + logProb) };
      }),
    );
    beams = all.sort((a, b) => (a.score === b.score ? 0 : b.score - a.score)).slice(0, beamSize);
    for (const beam of beams) {
      if (beam.sequence.at(-1) !== end && t < maxTokens - 1) continue;
      done.push({ tokens: beam.sequence, score: beam.score / (t + 1) });
      beam.score = Math.fround(beam.score - 1000);
    }
    if (done.length === beamSize) break;
  }
  const [best] = done.sort((a, b) => (a.score === b.score ? 0 : b.score - a.score));
  if (best === undefined) throw new Error('nothing was stored');
  return best;
}

/** Every sequence has its own row of a table; rows repeat, so that beams meet. */
function modelOf(table: readonly (readonly number[])[]): Model {
  return (sequence) => table[sequence.reduce((hash, token) => (hash * 31 + token + 7) % 1_000_003, 0) % table.length] ?? [];
}

function searchCase(value: fc.Arbitrary<number>) {
  return fc.record({ vocabulary: fc.integer({ min: 2, max: 7 }), rows: fc.integer({ min: 1, max: 9 }) }).chain((size) =>
    fc.record({
      beamSize: fc.integer({ min: 1, max: Math.min(5, size.vocabulary) }),
      maxTokens: fc.integer({ min: 1, max: 7 }),
      forbidRepeats: fc.boolean(),
      forbidden: fc.subarray([1], { minLength: 0 }),
      table: fc.array(fc.array(value, { minLength: size.vocabulary, maxLength: size.vocabulary }), {
        minLength: size.rows,
        maxLength: size.rows,
      }),
    }),
  );
}

const tableValues = {
  'any log-probabilities': fc.float({ min: -20, max: 0, noNaN: true }).map(Math.fround),
  'log-probabilities that often tie': fc.integer({ min: -4, max: -1 }),
  'impossible tokens': fc.oneof(fc.constant(-Infinity), fc.integer({ min: -3, max: 0 })),
  'an end that is likely and scores in the thousands': fc.constantFrom(-0.125, -1, -900, -1500),
};

for (const [kind, value] of Object.entries(tableValues)) {
  test(`With ${kind} the search agrees with the published code`, async (t) => {
    await fc.assert(
      fc.asyncProperty(searchCase(value), async ({ table, ...varied }) => {
        const settings = { ...plain, ...varied };
        const model = modelOf(table);
        t.deepEqual(await searchBeams(settings, stepOf(model)), naiveSearch(settings, model));
      }),
      { numRuns: 400 },
    );
  });
}

const [none, half, sure] = [-Infinity, Math.log(0.5), 0];

test('The first step takes its beams from one beam alone, and each goes on from its own parent', async (t) => {
  const calls: { position: number; parents: number[] }[] = [];
  // end, a, b, c: "c" is best at first, yet only "b" leads to an end.
  const model: Model = (sequence) => {
    if (sequence.length === 0) return [none, -3, -2, -1];
    return sequence.at(-1) === 2 ? [sure, none, none, none] : [none, -9, none, -9];
  };
  const best = await searchBeams({ ...plain, beamSize: 3, maxTokens: 3 }, stepOf(model, calls));
  t.deepEqual(best, { tokens: [2, END], score: -1 });
  // Beams after step 0: c, b, a. The best of step 1: b end, c a, c c.
  t.deepEqual(calls.map(({ parents }) => parents), [[0, 1, 2], [0, 0, 0], [1, 0, 0]]);
});

test('A beam that has ended stays, a thousand behind, and goes on when nothing else is left', async (t) => {
  const calls: { position: number; parents: number[] }[] = [];
  // end or a; after a nothing but end, so that the ended beam is asked to go on.
  const model: Model = (sequence) => (sequence.at(-1) === 1 ? [half, none] : [half, half]);
  const best = await searchBeams({ ...plain, beamSize: 2, maxTokens: 3 }, stepOf(model, calls));
  t.is(calls.length, 3, 'two are done after step 1 only by the beam that ended twice, which makes three');
  t.deepEqual(calls[2]?.parents, [1, 0], 'a, end before the ended beam that went on');
  t.deepEqual(best.tokens, [END]);
});

test('The search does not stop when the number done jumps past the number of beams', async (t) => {
  const calls: { position: number; parents: number[] }[] = [];
  const model: Model = (sequence) => (sequence.length === 0 ? [half, half] : [sure, none]);
  const best = await searchBeams({ ...plain, beamSize: 2, maxTokens: 5 }, stepOf(model, calls));
  t.is(calls.length, 5, 'one done after step 0, three after step 1: two is never met');
  t.deepEqual(best, { tokens: [1, END], score: Math.fround(half) / 2 });
});

test('The search stops as soon as exactly as many are done as there are beams', async (t) => {
  const calls: { position: number; parents: number[] }[] = [];
  const model: Model = (sequence) => (sequence.length < 2 ? [none, -1, -2] : [sure, none, none]);
  await searchBeams({ ...plain, beamSize: 2, maxTokens: 9 }, stepOf(model, calls));
  t.is(calls.length, 3);
});

test('Without an end every beam is stored at the last step', async (t) => {
  const model: Model = () => [none, -1, -2];
  const best = await searchBeams({ ...plain, beamSize: 2, maxTokens: 4 }, stepOf(model));
  t.deepEqual(best, { tokens: [1, 1, 1, 1], score: -1 });
});

test('A longer caption wins when its tokens are likelier on average', async (t) => {
  const model: Model = (sequence) => (sequence.length === 0 ? [-0.5, -0.75] : [-0.125, none]);
  const best = await searchBeams({ ...plain, beamSize: 2, maxTokens: 4 }, stepOf(model));
  t.deepEqual(best, { tokens: [1, END], score: -0.4375 });
});

test('Of equals the lower beam and the lower token come first', async (t) => {
  const calls: { position: number; parents: number[] }[] = [];
  const best = await searchBeams({ ...plain, beamSize: 3, maxTokens: 2 }, stepOf(() => [none, -1, -1, -1], calls));
  t.deepEqual(calls[1]?.parents, [0, 0, 0]);
  t.deepEqual(best, { tokens: [1, 1], score: -1 });
});

test('What is forbidden is never said, nor anything twice in a row, nor a pair of words twice', async (t) => {
  const model: Model = () => [-8, -0.25, -1, -2, -4];
  const settings = { ...plain, beamSize: 2, maxTokens: 5, forbidden: [1], forbidRepeats: true };
  const best = await searchBeams(settings, stepOf(model));
  t.deepEqual(best.tokens, [2, 3, 2, 4, 2]);
});

test('A decoder that gives NaN is refused', async (t) => {
  const search = searchBeams({ ...plain, beamSize: 2, maxTokens: 3 }, () => Float32Array.of(0, NaN, 0, 0));
  await t.throwsAsync(search, { instanceOf: RangeError, message: /NaN for token 1/ });
});
