/**
 * What may not come next where repeats are forbidden: the last token itself, and every token that has followed it
 * before, so that no pair of words is said twice ("a dog barks and a dog barks").
 */
export function tokensToAvoid(sequence: readonly number[], start: number): number[] {
  const last = sequence.at(-1) ?? start;
  const followers = sequence.filter((_, at) => at > 0 && sequence[at - 1] === last);
  return [last, ...followers];
}
