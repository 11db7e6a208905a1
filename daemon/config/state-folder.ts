import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where the daemon remembers things over restarts: what the service manager has made for it (systemd.exec(5),
 * STATE_DIRECTORY), or else a folder of the user's for each device id (XDG Base Directory Specification).
 */
export function stateFolder({ STATE_DIRECTORY: given = '', XDG_STATE_HOME: home = '' }: NodeJS.ProcessEnv, deviceId: string): string {
  // Of several, which systemd separates by colons, the first is the unit's own.
  const [first = ''] = given.split(':');
  if (first !== '') return first;
  // A relative one is to be ignored, says the specification.
  return join(isAbsolute(home) ? home : join(homedir(), '.local', 'state'), 'earshot', deviceId);
}
