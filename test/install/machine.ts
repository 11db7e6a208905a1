import { readFileSync } from 'node:fs';
import type { Machine } from '../../daemon/install/machine.js';

export const templates = { unit: readFileSync('systemd/earshot.service', 'utf8'), configuration: readFileSync('config/earshot.yaml.example', 'utf8') };

export const noWishes = { isDryRun: false };

/** A Debian 12 on which nothing is installed yet; `files` are those that it holds besides. */
export function machineWith(changes: Partial<Machine> = {}, files: Readonly<Record<string, string>> = {}): Machine {
  return {
    root: '/',
    isRoot: true,
    hasSystemd: true,
    systemdVersion: 252,
    architecture: 'arm64',
    node: '/usr/bin/node',
    project: '/opt/earshot',
    read: (path) => files[path],
    exists: (path) => Object.keys(files).some((file) => file === path || file.startsWith(`${path}/`)),
    closedTo: () => undefined,
    hasUser: (name) => name === 'pi',
    ...changes,
  };
}
