import path from 'node:path';

import { loadFiles, type Bundle } from './load-files.js';
import { readManifest } from './read-manifest.js';

export type { Bundle } from './load-files.js';

/**
 * Reads a bundle and checks all of it: manifest, every file's size and SHA-256, constants.
 * @throws BundleError with every problem that could be seen, at once.
 */
export async function loadBundle(directory: string): Promise<Bundle> {
  const absolute = path.resolve(directory);
  return loadFiles(absolute, await readManifest(absolute));
}
