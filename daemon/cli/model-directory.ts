import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Above dist/daemon/cli/. */
export const packageRoot = new URL('../../../', import.meta.url);

/** The folder of a bundle: a name is one that comes along in models/, anything with a slash is a path. */
export function modelDirectory(nameOrPath: string): string {
  return nameOrPath.includes('/') ? resolve(nameOrPath) : fileURLToPath(new URL(`models/${nameOrPath}`, packageRoot));
}
