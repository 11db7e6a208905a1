import { join } from 'node:path';
import type { Objection } from './install-error.js';
import type { Machine } from './machine.js';
import type { Wishes } from './wishes.js';

type Check = (machine: Machine, wishes: Wishes) => Objection | readonly Objection[] | undefined;

/** What the unit's ProtectHome= and PrivateTmp= keep from the service. */
const hidden = ['/home', '/root', '/run/user', '/tmp', '/var/tmp'];

/** Of this copy: what runs, what it needs and what it reads first. */
const needed = ['dist/daemon/cli/earshot.js', 'node_modules/onnxruntime-node/package.json', 'models/default/manifest.json'];

const checks: readonly Check[] = [rootOwnsTheMachine, systemdRunsIt, isWide, namesAreUsable, nodeIsVisible, projectIsVisible, filesAreReadable, userExists];

/** All that speaks against setting the service up. */
export function objectionsTo(machine: Machine, wishes: Wishes): Objection[] {
  return checks.flatMap((check) => check(machine, wishes) ?? []);
}

function rootOwnsTheMachine({ isRoot, root }: Machine, { isDryRun }: Wishes): Objection | undefined {
  if (isRoot || isDryRun || root !== '/') return undefined;
  return { code: 'INSTALL_NOT_ROOT', message: 'only root may install a service', remedy: 'Put sudo before the command; --dry-run shows without it what would be done.' };
}

function systemdRunsIt({ hasSystemd, root }: Machine, { isDryRun }: Wishes): Objection | undefined {
  if (hasSystemd || isDryRun || root !== '/') return undefined;
  return {
    code: 'INSTALL_NO_SYSTEMD',
    message: 'systemd does not run this machine',
    remedy: 'Let whatever starts programs here run `earshot run`; in a container make that its command.',
  };
}

function isWide({ architecture }: Machine): Objection | undefined {
  if (architecture === 'x64' || architecture === 'arm64') return undefined;
  return {
    code: 'INSTALL_32_BIT',
    message: `this Node is for ${architecture}, and onnxruntime has no build for that`,
    remedy: 'Use a 64-bit system: on a Raspberry Pi 4 or 5 install the 64-bit Raspberry Pi OS (`uname -m` then says aarch64).',
  };
}

function namesAreUsable({ node, project }: Machine): Objection[] {
  return [node, project]
    .filter((path) => !/^[A-Za-z0-9_./@+,:-]+$/.test(path))
    .map((path) => ({ code: 'INSTALL_UNUSABLE_PATH', message: `${path} holds a character that units of systemd give a meaning`, remedy: 'Move it to a path of letters, digits and - _ . alone.' }));
}

/** nvm, fnm and volta keep Node in a home. */
function nodeIsVisible({ node }: Machine): Objection | undefined {
  const folder = hiddenFolder(node);
  if (folder === undefined) return undefined;
  return {
    code: 'INSTALL_HIDDEN_PATH',
    message: `Node is in ${folder} (${node}), which the service cannot see`,
    remedy: `Copy it: sudo install -m 755 ${node} /usr/local/bin/node, then run this again with /usr/local/bin/node in place of node.`,
  };
}

function projectIsVisible({ project }: Machine): Objection | undefined {
  const folder = hiddenFolder(project);
  if (folder === undefined) return undefined;
  return {
    code: 'INSTALL_HIDDEN_PATH',
    message: `Earshot is in ${folder} (${project}), which the service cannot see`,
    remedy: `Copy it: sudo cp -a ${project} /opt/earshot, then run this again from there.`,
  };
}

function hiddenFolder(path: string): string | undefined {
  return hidden.find((folder) => path.startsWith(`${folder}/`));
}

/** By the service's own user, who is nobody in particular. */
function filesAreReadable(machine: Machine, { user }: Wishes): Objection[] {
  if (user !== undefined) return [];
  const { node, project, closedTo } = machine;
  const visible = [node, ...needed.map((file) => join(project, file))].filter((path) => hiddenFolder(path) === undefined);
  const closed = new Set(visible.map(closedTo).filter((part) => part !== undefined));
  return [...closed].map((part) =>
    machine.exists(part)
      ? { code: 'INSTALL_UNREADABLE_PATH', message: `${part} may not be read by the user of the service`, remedy: `Open it: sudo chmod -R o+rX ${part}` }
      : { code: 'INSTALL_UNREADABLE_PATH', message: `${part} is not there`, remedy: `Set this copy up first: npm start in ${project}` },
  );
}

function userExists(machine: Machine, { user }: Wishes): Objection | undefined {
  if (user === undefined) return undefined;
  if (/^[a-z_][a-z0-9_-]{0,31}$/.test(user) && machine.hasUser(user)) return undefined;
  return { code: 'INSTALL_USER', message: `there is no user ${JSON.stringify(user)}`, remedy: 'Leave --user out: the service then has a user of its own.' };
}
