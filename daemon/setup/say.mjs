import { spawnSync } from 'node:child_process';

/** The folder of the repository, with a trailing slash. */
export const root = new URL('../../', import.meta.url);

/** A set-up step that cannot go on: what is wrong, and what a person does about it. */
export class SetupError extends Error {
  constructor(message, remedy) {
    super(`${message}\n  ${remedy}`);
    this.name = 'SetupError';
  }
}

/** Set-up speaks on stderr: stdout belongs to the command that comes after it. */
export function say(line) {
  process.stderr.write(`earshot: ${line}\n`);
}

/** Runs a command in the repository with its output on our stderr; throws `SetupError` unless it exits with 0. */
export function run(command, args, { remedy, env = {} }) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return;
  const how = error ? error.message : signal ? `was ended by ${signal}` : `exited with ${status}`;
  throw new SetupError(`${[command, ...args].join(' ')} ${how}`, remedy);
}
