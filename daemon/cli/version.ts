import { readFileSync } from 'node:fs';
import { packageRoot } from './model-directory.js';

/** Of Earshot, from its package.json. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as { version: string };
  return version;
}
