import { refuseIfAny, type BundleProblem } from './bundle-error.js';
import { checkFiles } from './check-files.js';
import type { Manifest } from './manifest.js';
import { readConstants, type BundleConstants } from './read-constants.js';

/** A bundle whose manifest and files have been checked. Its graphs are checked when they are opened. */
export interface Bundle extends BundleConstants {
  /** Absolute path. */
  readonly directory: string;
  readonly manifest: Manifest;
}

/**
 * Checks the files of a bundle against its (already checked) manifest and reads the small ones.
 * Apart from `loadBundle` so that a process which is handed the manifest does not pay for the schema.
 * @throws BundleError with every problem at once.
 */
export async function loadFiles(directory: string, manifest: Manifest): Promise<Bundle> {
  const problems: BundleProblem[] = await checkFiles(directory, manifest);
  const constants = await readConstants(directory, manifest, problems);
  refuseIfAny(directory, problems);
  return { directory, manifest, ...constants };
}
