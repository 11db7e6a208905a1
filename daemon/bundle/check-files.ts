import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';

import type { BundleProblem } from './bundle-error.js';
import type { Manifest } from './manifest.js';

type FileRecord = Manifest['files'][string];

/** Compares every file that the manifest lists with its size and SHA-256; returns what differs. */
export async function checkFiles(directory: string, manifest: Manifest): Promise<BundleProblem[]> {
  const problems: BundleProblem[] = [];
  for (const [file, record] of Object.entries(manifest.files)) {
    const problem = await checkFile(directory, file, record);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

async function checkFile(
  directory: string,
  file: string,
  record: FileRecord,
): Promise<BundleProblem | undefined> {
  const full = path.join(directory, file);
  try {
    const found = await stat(full);
    if (!found.isFile()) return { code: 'BUNDLE_FILE_MISSING', file, expected: 'a file', found: 'none' };
    if (found.size !== record.bytes) {
      const code = 'BUNDLE_FILE_ALTERED';
      return { code, file, expected: `${record.bytes} bytes`, found: String(found.size) };
    }
    const sha256 = await hashFile(full);
    if (sha256 === record.sha256) return undefined;
    return { code: 'BUNDLE_FILE_ALTERED', file, expected: `sha256 ${record.sha256}`, found: sha256 };
  } catch (cause) {
    const found = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const problem = { code: 'BUNDLE_FILE_MISSING', file, expected: 'a readable file', cause } as const;
    return { ...problem, found: found === 'ENOENT' ? 'none' : found };
  }
}

/** Streamed, so that a file of any size costs the same memory. */
async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
