import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMachine } from '../install/machine.js';
import { planUninstall } from '../install/plan-uninstall.js';
import { take } from './install.js';
import { packageRoot } from './model-directory.js';
import { createOutput } from './output.js';

export interface UninstallOptions {
  readonly dryRun?: boolean;
  readonly purge?: boolean;
  readonly root: string;
}

/** `earshot uninstall` */
export async function uninstall({ dryRun: isDryRun = false, purge: isPurge = false, root }: UninstallOptions): Promise<void> {
  const output = createOutput(process.stdout, () => process.exit());
  const machine = readMachine(resolve(root), fileURLToPath(packageRoot));
  const steps = planUninstall(machine, { isDryRun, isPurge });
  await take(steps, machine.root, isDryRun, output);
  if (steps.length === 0) await output.line('Nothing of the service is here.');
}
