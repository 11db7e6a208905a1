import type { Manifest } from '../bundle/manifest.js';

/** Token ids to a sentence without a full stop: up to the end token, special tokens left out, first letter capital. */
export function detokenise(
  tokens: readonly number[],
  vocabulary: readonly string[],
  special: Manifest['tokens'],
): string {
  const end = tokens.indexOf(special.end);
  const silent = new Set([special.pad, special.start, special.unknown]);
  const words = tokens
    .slice(0, end === -1 ? tokens.length : end)
    .filter((token) => !silent.has(token))
    .map((token) => vocabulary[token] ?? '')
    .filter((word) => word !== '');
  const [first = '', ...rest] = words.join(' ');
  return first.toLocaleUpperCase('en') + rest.join('');
}
