import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import type * as z from 'zod';

import { BundleError, refuseIfAny, type BundleProblem } from './bundle-error.js';
import { headerSchema, manifestSchema, type Manifest } from './manifest.js';

const FILE = 'manifest.json';
/** A manifest is some kilobytes; whatever is larger is something else. */
const MAX_BYTES = 1_000_000;

/**
 * Reads and checks `manifest.json` of a bundle.
 * @throws BundleError naming every field that is wrong, with what was expected and what was found.
 */
export async function readManifest(directory: string): Promise<Manifest> {
  const data = parse(directory, await readText(directory));
  refuseForeignVersion(directory, data);
  const result = manifestSchema.safeParse(data);
  if (result.success) return result.data;
  refuseIfAny(directory, result.error.issues.flatMap((issue) => toProblems(issue, data)));
  throw result.error;
}

async function readText(directory: string): Promise<string> {
  const folder = await stat(directory).catch((cause: unknown) => {
    const found = errorCode(cause) === 'ENOENT' ? 'nothing there' : String(errorCode(cause));
    throw new BundleError(directory, [{ code: 'BUNDLE_MISSING', expected: 'a folder', found, cause }]);
  });
  if (!folder.isDirectory()) {
    throw new BundleError(directory, [{ code: 'BUNDLE_MISSING', expected: 'a folder', found: 'a file' }]);
  }
  const file = path.join(directory, FILE);
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) {
      const problem = { code: 'BUNDLE_MANIFEST_NOT_JSON', file: FILE, found: `${size} bytes` } as const;
      throw new BundleError(directory, [{ ...problem, expected: `at most ${MAX_BYTES} bytes` }]);
    }
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof BundleError) throw cause;
    const found = errorCode(cause) === 'ENOENT' ? 'none' : String(errorCode(cause));
    const problem = { code: 'BUNDLE_MANIFEST_MISSING', file: FILE, expected: 'a readable file' } as const;
    throw new BundleError(directory, [{ ...problem, found, cause }]);
  }
}

function parse(directory: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : 'something else';
    throw new BundleError(directory, [
      { code: 'BUNDLE_MANIFEST_NOT_JSON', file: FILE, expected: 'JSON', found, cause },
    ]);
  }
}

/** Another format or version explains every other fault, so it is told alone. */
function refuseForeignVersion(directory: string, data: unknown): void {
  const header = headerSchema.safeParse(data);
  if (header.success || typeof data !== 'object' || data === null) return;
  refuseIfAny(
    directory,
    header.error.issues.flatMap((issue) => toProblems(issue, data, 'BUNDLE_VERSION_UNKNOWN')),
  );
}

type Issue = z.core.$ZodIssue;

function toProblems(
  issue: Issue,
  data: unknown,
  code: BundleProblem['code'] = 'BUNDLE_MANIFEST_INVALID',
): BundleProblem[] {
  const at = { code, file: FILE } as const;
  if (issue.code === 'unrecognized_keys') {
    const expected = 'no such field';
    return issue.keys.map((key) => ({ ...at, field: dotted([...issue.path, key]), expected, found: 'one' }));
  }
  const inner = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
  const expected = (inner ?? issue.message).replace(/^(Invalid input|Too small|Too big): /, '');
  return [
    {
      ...at,
      field: dotted(issue.path),
      expected: expected.replace(/^expected /, '').replace(/, received .*$/, ''),
      found: issue.code === 'invalid_key' ? 'this key' : show(valueAt(data, issue.path)),
    },
  ];
}

function dotted(keys: readonly PropertyKey[]): string {
  return keys.length === 0 ? 'the whole' : keys.map(String).join('.');
}

function valueAt(data: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null)?.[key], data);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function errorCode(cause: unknown): string | undefined {
  return (cause as NodeJS.ErrnoException).code;
}
