import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InstallError } from './install-error.js';

/** What the set-up has to know of the machine and of this copy of Earshot. */
export interface Machine {
  /** Where the machine's files are: `/`, or a folder that holds the files of another one. */
  readonly root: string;
  readonly isRoot: boolean;
  /** Whether systemd runs this machine: sd_booted(3). */
  readonly hasSystemd: boolean;
  readonly systemdVersion: number;
  /** As Node names it. */
  readonly architecture: string;
  /** Of the Node that runs this. */
  readonly node: string;
  /** The folder that holds `dist/`, `models/`, `node_modules/`. */
  readonly project: string;
  /** The text of a file on the machine; undefined where there is none. */
  read(path: string): string | undefined;
  exists(path: string): boolean;
  /** What keeps everybody from reading a path: the first part of it that not all may pass or read. */
  closedTo(path: string): string | undefined;
  hasUser(name: string): boolean;
}

/** `project` is an URL of a folder. */
export function readMachine(root: string, project: string): Machine {
  const at = (path: string): string => join(root, path);
  return {
    root,
    isRoot: process.getuid?.() === 0,
    hasSystemd: existsSync('/run/systemd/system'),
    systemdVersion: systemdVersion(),
    architecture: process.arch,
    node: seenFrom(root, realpathSync(process.execPath)),
    project: seenFrom(root, realpathSync(project)),
    read: (path) => (existsSync(at(path)) ? readOwn(at(path)) : undefined),
    exists: (path) => existsSync(at(path)),
    // What this copy is made of and is not below another root is there as it is here.
    closedTo: (path) => (existsSync(at(path)) ? closedPart(path, at) : closedPart(path, (part) => part)),
    hasUser: (name) => new RegExp(`^${name}:`, 'm').test(readFileSync(at('/etc/passwd'), 'utf8')),
  };
}

/** The configuration is for root alone. */
function readOwn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InstallError({ code: 'INSTALL_NOT_ROOT', message: `${path} cannot be read: ${(cause as Error).message}`, remedy: 'Put sudo before the command.', cause });
  }
}

function seenFrom(root: string, path: string): string {
  const prefix = root === '/' ? '/' : `${realpathSync(root)}/`;
  return path.startsWith(prefix) ? `/${path.slice(prefix.length)}` : path;
}

function systemdVersion(): number {
  try {
    return Number(/^systemd (\d+)/.exec(execFileSync('systemctl', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function closedPart(path: string, at: (path: string) => string): string | undefined {
  const names = path.split('/').filter((name) => name !== '');
  const parts = names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
  return parts.find((part) => {
    const status = statSync(at(part), { throwIfNoEntry: false });
    if (status === undefined) return true;
    const needed = status.isDirectory() ? 0o001 : 0o004;
    return (status.mode & needed) === 0;
  });
}
