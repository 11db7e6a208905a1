import { readFileSync } from 'node:fs';
import { root, run, say } from './say.mjs';

/** Installs the npm packages of package-lock.json, unless they are there already. */
export function installPackages() {
  if (isInstalled(readLock('package-lock.json'), readLock('node_modules/.package-lock.json'))) return;
  say('installing npm packages (needed once) ...');
  const remedy = 'The lines above say why. Mostly the network is at fault: try again when the npm registry can be reached.';
  // The build needs the development packages, also where NODE_ENV=production would leave them out.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath;
  // onnxruntime-node would download a CUDA library that Earshot does not use.
  const env = { ONNXRUNTIME_NODE_INSTALL: 'skip' };
  if (npm?.endsWith('npm-cli.js')) run(process.execPath, [npm, ...args], { remedy, env });
  else run('npm', args, { remedy, env });
}

/**
 * Whether what npm says it has installed (its hidden lock file) is what the lock file asks for.
 * Optional packages may be missing: they are often for another platform.
 */
export function isInstalled(wanted, found) {
  if (!wanted || !found) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    const there = found[path];
    return there ? there.version === version : optional === true;
  });
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(new URL(path, root), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
