import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askPassword, passwordFrom } from '../install/ask-password.js';
import { carryOut } from '../install/carry-out.js';
import { InstallError } from '../install/install-error.js';
import { readMachine, type Machine } from '../install/machine.js';
import { places } from '../install/places.js';
import { planInstall } from '../install/plan-install.js';
import { describeStep, previewStep, type Step } from '../install/step.js';
import { packageRoot } from './model-directory.js';
import { createOutput, type Output } from './output.js';

export interface InstallOptions {
  readonly dryRun?: boolean;
  readonly root: string;
  readonly user?: string;
  readonly microphone?: string;
  readonly broker?: string;
  readonly brokerUser?: string;
  readonly brokerPasswordFile?: string;
}

/** `earshot install` */
export async function install(options: InstallOptions): Promise<void> {
  const { dryRun: isDryRun = false, user, microphone, broker, brokerUser } = options;
  const output = createOutput(process.stdout, () => process.exit());
  const machine = readMachine(resolve(options.root), fileURLToPath(packageRoot));
  const template = (file: string): string => readFileSync(new URL(file, packageRoot), 'utf8');
  const templates = { unit: template('systemd/earshot.service'), configuration: template('config/earshot.yaml.example') };
  const wishes = { isDryRun, user, microphone, broker, brokerUser };
  // What is wrong is said before a password is asked for.
  planInstall(machine, wishes, templates);
  const password = await passwordFor(options, machine);
  const steps = planInstall(machine, { ...wishes, password }, templates);

  await take(steps, machine.root, isDryRun, output);
  if (isDryRun) return;
  await output.line(machine.root === '/' ? 'Earshot starts now and with the machine. How it fares: systemctl status earshot; what it hears: journalctl -u earshot -f' : `Earshot will start with the machine whose files are in ${machine.root}.`);
}

/** Does the steps, saying each; in a dry run says them in full and does nothing. */
export async function take(steps: readonly Step[], root: string, isDryRun: boolean, output: Output): Promise<void> {
  for (const step of steps) {
    if (!isDryRun) await carryOut(step, root);
    await output.line(isDryRun ? `would ${previewStep(step)}` : describeStep(step));
  }
}

/** Never from the command line, which everybody can read in the list of processes. */
async function passwordFor({ dryRun = false, brokerUser, brokerPasswordFile }: InstallOptions, machine: Machine): Promise<string | undefined> {
  if (brokerPasswordFile !== undefined) return passwordFrom(brokerPasswordFile);
  if (brokerUser === undefined || machine.exists(places.password)) return undefined;
  if (dryRun) return '(asked for)';
  if (process.stdin.isTTY) return askPassword(`Password of ${brokerUser} at the broker: `, process.stdin, process.stderr);
  throw new InstallError({
    code: 'INSTALL_PASSWORD',
    message: `there is nobody to ask for the password of ${brokerUser} at the broker`,
    remedy: 'Name a file that holds it alone with --broker-password-file, or - for standard input.',
  });
}
