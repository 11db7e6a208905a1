import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InstallError } from './install-error.js';
import { describeStep, type Step } from './step.js';

const run = promisify(execFile);

/** Longer than the service may take to stop. */
const commandMs = 120_000;

/** Does a step to the machine whose files are in `root`. Throws an `InstallError`; doing all steps again then goes on where it failed. */
export async function carryOut(step: Step, root: string): Promise<void> {
  try {
    await perform(step, root);
  } catch (cause) {
    if (step.kind === 'run' && step.mayFail === true) return;
    const { message, stderr = '' } = cause as Error & { stderr?: string };
    throw new InstallError({
      code: 'INSTALL_FAILED',
      message: `could not ${describeStep(step)}: ${stderr.trim() === '' ? message : stderr.trim()}`,
      remedy: 'Mend that and run the command again; what is done already is not done twice.',
      cause,
    });
  }
}

async function perform(step: Step, root: string): Promise<void> {
  switch (step.kind) {
    case 'folder':
      mkdirSync(join(root, step.path), { recursive: true });
      return chmodSync(join(root, step.path), step.mode);
    case 'write':
      return writeWhole(join(root, step.path), step);
    case 'remove':
      return rmSync(join(root, step.path), { recursive: true, force: true });
    case 'run': {
      const [program = '', ...args] = step.command;
      await run(program, args, { timeout: commandMs, killSignal: 'SIGKILL' });
      return;
    }
    case 'keep':
  }
}

/** All of a file or none of it, and never for a moment with a mode that is too open. */
function writeWhole(path: string, { content, mode }: { readonly content: string; readonly mode: number }): void {
  const unfinished = `${path}.new`;
  rmSync(unfinished, { force: true });
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(unfinished, content, { mode: mode & 0o600, flag: 'wx', flush: true });
  chmodSync(unfinished, mode);
  renameSync(unfinished, path);
}
