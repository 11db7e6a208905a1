/** One thing that is done to the machine, or left as it is. Paths are those on the machine that will run the service. */
export type Step =
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'write'; readonly path: string; readonly mode: number; readonly content: string; readonly isSecret?: boolean }
  | { readonly kind: 'remove'; readonly path: string }
  /** `mayFail`: what it undoes may not be there. */
  | { readonly kind: 'run'; readonly command: readonly string[]; readonly mayFail?: boolean }
  | { readonly kind: 'keep'; readonly path: string; readonly why: string };

/** What a step does, in one line that begins with a verb. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'folder':
      return `make ${step.path} (${modeOf(step)})`;
    case 'write':
      return `write ${step.path} (${modeOf(step)})`;
    case 'remove':
      return `remove ${step.path}`;
    case 'run':
      return `run ${step.command.join(' ')}`;
    case 'keep':
      return `keep ${step.path}: ${step.why}`;
  }
}

/** What a step would do, its content too, unless that is secret. */
export function previewStep(step: Step): string {
  if (step.kind !== 'write') return describeStep(step);
  const content = step.isSecret === true ? '(the password; not shown)' : step.content.trimEnd();
  return `${describeStep(step)}\n${content.split('\n').map((line) => `  | ${line}`.trimEnd()).join('\n')}`;
}

function modeOf({ mode }: { readonly mode: number }): string {
  return mode.toString(8).padStart(4, '0');
}
