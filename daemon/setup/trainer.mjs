import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { root, run, say, SetupError } from './say.mjs';

const environment = new URL('trainer/.venv/', root);
const stamp = new URL('.installed', environment);
const needs = ['trainer/requirements.txt', 'trainer/pyproject.toml'];

/** Makes trainer/.venv with the trainer and its requirements, unless it is there and right. */
export function installTrainer() {
  const fingerprint = fingerprintNeeds();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return;
  const python = fileURLToPath(new URL('bin/python', environment));
  if (!answers(python)) {
    say('making trainer/.venv ...');
    rmSync(environment, { recursive: true, force: true });
    run(findPython(), ['-m', 'venv', 'trainer/.venv'], {
      remedy: 'On Debian and Raspberry Pi OS: sudo apt install python3-venv',
    });
  }
  say('installing the trainer (needed once, takes some minutes) ...');
  run(python, ['-m', 'pip', 'install', '--quiet', '-r', 'trainer/requirements.txt', '-e', 'trainer'], {
    remedy: 'The lines above say why. Mostly the network or a full disk is at fault (torch takes about 1 GB): mend it and try again.',
    env: { PIP_DISABLE_PIP_VERSION_CHECK: '1' },
  });
  writeFileSync(stamp, fingerprint);
}

/** The first Python on PATH (or $PYTHON) that is new enough and can make virtual environments. */
export function findPython(candidates = candidatesOnPath()) {
  const usable = candidates.find((python) => answers(python));
  if (usable === undefined) {
    throw new SetupError(
      'the trainer needs Python 3.11 or newer with venv, and none was found',
      'On Debian and Raspberry Pi OS: sudo apt install python3 python3-venv. Another Python: PYTHON=/path/to/python3 npm test. ' +
        'The daemon itself (npm start) needs no Python.',
    );
  }
  return usable;
}

function candidatesOnPath() {
  const named = process.env.PYTHON ? [process.env.PYTHON] : [];
  return [...named, 'python3', ...[14, 13, 12, 11].map((minor) => `python3.${minor}`)];
}

/** Debian splits ensurepip off into python3-venv: without it a virtual environment has no pip. */
function answers(python) {
  const script = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 11) else 1)';
  return spawnSync(python, ['-c', script], { stdio: 'ignore' }).status === 0;
}

function fingerprintNeeds() {
  const hash = createHash('sha256');
  for (const path of needs) {
    if (existsSync(new URL(path, root))) hash.update(path).update(readFileSync(new URL(path, root)));
  }
  // A virtual environment does not survive being moved.
  return hash.update(fileURLToPath(environment)).digest('hex');
}
