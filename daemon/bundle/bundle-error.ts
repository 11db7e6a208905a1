import { EarshotError } from '../errors/earshot-error.js';

export type BundleProblemCode =
  | 'BUNDLE_MISSING'
  | 'BUNDLE_MANIFEST_MISSING'
  | 'BUNDLE_MANIFEST_NOT_JSON'
  | 'BUNDLE_MANIFEST_INVALID'
  | 'BUNDLE_VERSION_UNKNOWN'
  | 'BUNDLE_FILE_MISSING'
  | 'BUNDLE_FILE_ALTERED'
  | 'BUNDLE_FILE_INVALID'
  | 'BUNDLE_GRAPH_UNREADABLE'
  | 'BUNDLE_GRAPH_MISMATCH';

/** One thing wrong with a bundle. */
export interface BundleProblem {
  readonly code: BundleProblemCode;
  /** Name within the bundle's folder; absent when the folder itself is wrong. */
  readonly file?: string;
  /** Dotted path within the manifest, or the tensor of a graph. */
  readonly field?: string;
  readonly expected: string;
  readonly found: string;
  readonly cause?: unknown;
}

const remedies: Record<BundleProblemCode, string> = {
  BUNDLE_MISSING: 'Give the folder of a model bundle, such as models/default.',
  BUNDLE_MANIFEST_MISSING: 'Give the folder that holds manifest.json, or export the bundle again.',
  BUNDLE_MANIFEST_NOT_JSON: 'Copy the bundle again, or export it again with the trainer.',
  BUNDLE_MANIFEST_INVALID: 'Export the bundle again with a trainer that fits this version of Earshot.',
  BUNDLE_VERSION_UNKNOWN: 'Use a bundle made for this version of Earshot, or update Earshot.',
  BUNDLE_FILE_MISSING: 'Copy the whole bundle again: a file was lost on the way.',
  BUNDLE_FILE_ALTERED: 'Copy the bundle again: the file is not the one its manifest was written for.',
  BUNDLE_FILE_INVALID: 'Export the bundle again with the trainer.',
  BUNDLE_GRAPH_UNREADABLE: 'Export the bundle again with the trainer: ONNX Runtime cannot load the file.',
  BUNDLE_GRAPH_MISMATCH: 'Export the bundle again: graphs and manifest must come from one export.',
};

/** A bundle that cannot be used; `problems` holds everything that was found wrong with it at once. */
export class BundleError extends EarshotError {
  readonly problems: readonly BundleProblem[];

  constructor(directory: string, problems: readonly [BundleProblem, ...BundleProblem[]]) {
    const codes = [...new Set(problems.map((problem) => problem.code))];
    const details = problems.map(describeProblem);
    super({
      code: codes.length === 1 ? problems[0].code : 'BUNDLE_INVALID',
      message:
        details.length === 1
          ? `Bundle ${directory}: ${details[0]}`
          : `Bundle ${directory} has ${details.length} faults: ${details.join('; ')}`,
      remedy: codes.map((code) => remedies[code]).join(' '),
      cause: problems.find((problem) => problem.cause !== undefined)?.cause,
    });
    this.problems = problems;
  }
}

/** Throws one `BundleError` for all problems, or does nothing if there are none. */
export function refuseIfAny(directory: string, problems: readonly BundleProblem[]): void {
  const [first, ...rest] = problems;
  if (first !== undefined) throw new BundleError(directory, [first, ...rest]);
}

function describeProblem({ file, field, expected, found }: BundleProblem): string {
  const where = [file, field].filter((part) => part !== undefined).join(', ');
  return `${where === '' ? '' : `${where}: `}expected ${expected}, found ${found}`;
}
