import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ExecutionContext } from 'ava';

import type { AudioWindow } from '../../daemon/window/audio-window.js';

const bundles = fileURLToPath(new URL('../../../test/fixtures/bundles/', import.meta.url));

/** Random weights with real signatures; `trainer/tests/make_tiny_bundle.py` makes it. */
export const tinyBundle = path.join(bundles, 'tiny');

/** The same with a front end of centred frames and an encoder that sees the whole window; `make_centered_bundle.py` makes it. */
export const centeredBundle = path.join(bundles, 'centered');

/** What the generator's own reference makes of `tinySound`. */
export interface Expected {
  readonly segments: number;
  readonly windows: readonly { readonly start: number; readonly tokens: number[]; readonly score: number }[];
}

export async function readExpected(bundle: 'tiny' | 'centered' = 'tiny'): Promise<Expected> {
  return JSON.parse(await readFile(path.join(bundles, `${bundle}.expected.json`), 'utf8')) as Expected;
}

/** A copy of the tiny bundle to do harm to; it goes with the test. */
export async function copyTinyBundle(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'earshot-bundle-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await cp(tinyBundle, folder, { recursive: true });
  return folder;
}

interface LooseManifest {
  [field: string]: unknown;
  files: Record<string, { bytes: number; sha256: string }>;
}

/** Changes fields of a bundle's manifest, by dotted path; `undefined` removes one. */
export async function editManifest(folder: string, changes: Record<string, unknown>): Promise<void> {
  const manifest = await readLoose(folder);
  for (const [dotted, value] of Object.entries(changes)) {
    const keys = dotted.split('/');
    const last = keys.pop() ?? '';
    const target = keys.reduce((object, key) => object[key] as Record<string, unknown>, manifest as Record<string, unknown>);
    if (value === undefined) delete target[last];
    else target[last] = value;
  }
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
}

/** Replaces a file and makes the manifest agree with it. */
export async function replaceFile(folder: string, file: string, content: string | Buffer): Promise<void> {
  await writeFile(path.join(folder, file), content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  await editManifest(folder, { [`files/${file}`]: { bytes: Buffer.byteLength(content), sha256 } });
}

async function readLoose(folder: string): Promise<LooseManifest> {
  return JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')) as LooseManifest;
}

const segmentSamples = 200;
const windowSamples = 3 * segmentSamples;
const historySamples = 50 - 20 + 1 + 2 * 20;

/** Noise of a small congruential generator, loud and quiet by turns: the generator's `test_sound`. */
export function tinySound(segments: number, seed = 1): Float32Array {
  const loudness = [0.9, 0.02, 0.3, 0, 0.6];
  let state = seed;
  return Float32Array.from({ length: segments * segmentSamples }, (_, t) => {
    state = (state * 75 + 74) % 65537;
    return (state / 32768 - 1) * (loudness[Math.floor(t / segmentSamples) % loudness.length] ?? 0);
  });
}

/** The windows of a sound, one segment apart, as the daemon cuts them for the tiny bundle. */
export function tinyWindows(sound: Float32Array): AudioWindow[] {
  const padded = new Float32Array(historySamples + sound.length);
  padded.set(sound, historySamples);
  return Array.from({ length: (sound.length - windowSamples) / segmentSamples + 1 }, (_, index) => {
    const startSample = index * segmentSamples;
    const samples = padded.slice(startSample, startSample + historySamples + windowSamples);
    return { index, startSample, samples, historySamples, heardSamples: windowSamples };
  });
}

/** The windows of a sound for the centered bundle, as far apart as those of the tiny one: a third of a window. */
export function centeredWindows(sound: Float32Array): AudioWindow[] {
  return Array.from({ length: (sound.length - windowSamples) / segmentSamples + 1 }, (_, index) => {
    const startSample = index * segmentSamples;
    const samples = sound.slice(startSample, startSample + windowSamples);
    return { index, startSample, samples, historySamples: 0, heardSamples: windowSamples };
  });
}
