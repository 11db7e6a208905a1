import { checkConfiguration, configurationFor } from './configuration-for.js';
import { refuse } from './install-error.js';
import type { Machine } from './machine.js';
import { objectionsTo } from './object.js';
import { places, unitName } from './places.js';
import type { Step } from './step.js';
import { unitFor } from './unit-for.js';
import type { Wishes } from './wishes.js';

export interface Templates {
  /** systemd/earshot.service */
  readonly unit: string;
  /** config/earshot.yaml.example */
  readonly configuration: string;
}

/** All that has to be done for the service to run. Throws an `InstallError` or a `ConfigError`, and then nothing is to be done. */
export function planInstall(machine: Machine, wishes: Wishes, templates: Templates): Step[] {
  const objections = objectionsTo(machine, wishes);
  if (objections.length > 0) throw refuse(objections);
  const files = [...configurationSteps(machine, wishes, templates), ...passwordSteps(machine, wishes), unitStep(machine, wishes, templates)];
  return [...files, ...commands(machine, files.some(({ kind }) => kind === 'write'))];
}

function configurationSteps(machine: Machine, wishes: Wishes, { configuration }: Templates): Step[] {
  const existing = machine.read(places.config);
  if (existing === undefined) {
    const content = configurationFor(configuration, wishes, places.config);
    const folder: Step = { kind: 'folder', path: places.configFolder, mode: 0o755 };
    return [...(machine.exists(places.configFolder) ? [] : [folder]), { kind: 'write', path: places.config, mode: 0o600, content }];
  }
  checkConfiguration(existing, places.config);
  const unheeded = [wishes.microphone === undefined ? '' : 'source.device', wishes.broker === undefined ? '' : 'mqtt.url', wishes.brokerUser === undefined ? '' : 'mqtt.username'].filter((key) => key !== '');
  const why = unheeded.length === 0 ? 'it is yours' : `it is yours; set ${unheeded.join(', ')} there yourself`;
  return [{ kind: 'keep', path: places.config, why }];
}

function passwordSteps({ exists }: Machine, { password }: Wishes): Step[] {
  if (password !== undefined) return [{ kind: 'write', path: places.password, mode: 0o600, content: `${password}\n`, isSecret: true }];
  return exists(places.password) ? [{ kind: 'keep', path: places.password, why: 'no other password was given' }] : [];
}

function unitStep(machine: Machine, { user }: Wishes, { unit }: Templates): Step {
  const content = unitFor(unit, { ...machine, user });
  return machine.read(places.unit) === content ? { kind: 'keep', path: places.unit, why: 'it is as it should be' } : { kind: 'write', path: places.unit, mode: 0o644, content };
}

function commands({ root }: Machine, isChanged: boolean): Step[] {
  if (root !== '/') return [{ kind: 'run', command: ['systemctl', `--root=${root}`, 'enable', unitName] }];
  // Without a microphone the service goes on starting until one is there: not to be waited for.
  return [['daemon-reload'], ['enable', unitName], [isChanged ? 'restart' : 'start', '--no-block', unitName]].map((words) => ({ kind: 'run', command: ['systemctl', ...words] }));
}
