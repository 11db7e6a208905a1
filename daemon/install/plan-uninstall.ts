import { refuse } from './install-error.js';
import type { Machine } from './machine.js';
import { places, unitName } from './places.js';
import type { Step } from './step.js';

export interface Farewell {
  readonly isDryRun: boolean;
  /** Configuration, password and state go too. */
  readonly isPurge: boolean;
}

/** All that has to be done for nothing of the service to be left but, unless purged, configuration and state. */
export function planUninstall(machine: Machine, { isDryRun, isPurge }: Farewell): Step[] {
  const { root, isRoot, exists } = machine;
  if (!isRoot && !isDryRun && root === '/') {
    throw refuse([{ code: 'INSTALL_NOT_ROOT', message: 'only root may take a service away', remedy: 'Put sudo before the command; --dry-run shows without it what would be done.' }]);
  }
  const own = [places.configFolder, places.ownChanges, ...places.state].filter(exists);
  return [
    ...(exists(places.unit) ? unitSteps(root) : []),
    ...own.map((path): Step => (isPurge ? { kind: 'remove', path } : { kind: 'keep', path, why: '--purge removes it' })),
  ];
}

function unitSteps(root: string): Step[] {
  const remove: Step = { kind: 'remove', path: places.unit };
  if (root !== '/') return [{ kind: 'run', command: ['systemctl', `--root=${root}`, 'disable', unitName] }, remove];
  return [
    { kind: 'run', command: ['systemctl', 'disable', '--now', unitName] },
    remove,
    { kind: 'run', command: ['systemctl', 'daemon-reload'] },
    { kind: 'run', command: ['systemctl', 'reset-failed', unitName], mayFail: true },
  ];
}
