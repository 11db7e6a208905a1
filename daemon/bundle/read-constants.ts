import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import path from 'node:path';

import type { BundleProblem } from './bundle-error.js';
import type { Manifest } from './manifest.js';

/** The small files of a bundle, in memory. */
export interface BundleConstants {
  /** Mel filter bank, row-major `[mel_bins, n_fft / 2 + 1]`. */
  readonly mel: Float32Array;
  /** Analysis window, `[win_length]`. */
  readonly window: Float32Array;
  /** Words by token id. */
  readonly vocabulary: readonly string[];
}

/**
 * Reads the filter bank, the analysis window and the vocabulary, but for files already among `problems`;
 * adds what is wrong with them.
 */
export async function readConstants(
  directory: string,
  { audio, tokens }: Manifest,
  problems: BundleProblem[],
): Promise<BundleConstants> {
  const spectrumSize = audio.n_fft / 2 + 1;
  return {
    mel: await readFloats(directory, 'mel.f32', audio.mel_bins * spectrumSize, problems),
    window: await readFloats(directory, 'window.f32', audio.win_length, problems),
    vocabulary: await readVocabulary(directory, tokens.size, problems),
  };
}

async function readFloats(
  directory: string,
  file: string,
  length: number,
  problems: BundleProblem[],
): Promise<Float32Array> {
  if (problems.some((problem) => problem.file === file)) return new Float32Array(0);
  const bytes = await readFile(path.join(directory, file));
  if (bytes.length !== length * 4) {
    const expected = `${length} float32 values (${length * 4} bytes)`;
    problems.push({ code: 'BUNDLE_FILE_INVALID', file, expected, found: `${bytes.length} bytes` });
    return new Float32Array(0);
  }
  if (endianness() === 'BE') bytes.swap32();
  const floats = new Float32Array(length);
  new Uint8Array(floats.buffer).set(bytes);
  const odd = floats.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) {
    const found = `${floats[odd]} at index ${odd}`;
    problems.push({ code: 'BUNDLE_FILE_INVALID', file, expected: 'finite values', found });
  }
  return floats;
}

async function readVocabulary(
  directory: string,
  size: number,
  problems: BundleProblem[],
): Promise<readonly string[]> {
  const file = 'vocabulary.json';
  if (problems.some((problem) => problem.file === file)) return [];
  const invalid = (expected: string, found: string) => {
    problems.push({ code: 'BUNDLE_FILE_INVALID', file, expected, found });
    return [];
  };
  let words: unknown;
  try {
    words = JSON.parse(await readFile(path.join(directory, file), 'utf8'));
  } catch (cause) {
    return invalid('JSON', cause instanceof Error ? cause.message : 'something else');
  }
  if (!Array.isArray(words)) return invalid('an array of words', typeof words);
  const odd = words.findIndex((word) => typeof word !== 'string');
  if (odd >= 0) return invalid('an array of words', `${typeof words[odd]} at index ${odd}`);
  if (words.length !== size) return invalid(`tokens.size = ${size} words`, String(words.length));
  return words as string[];
}
