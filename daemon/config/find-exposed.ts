import { statSync } from 'node:fs';
import { shorten } from './setting.js';
import type { Config } from './schema.js';

/** A file whose permissions let other users of the machine do what they should not. */
export interface Exposure {
  readonly code: 'SECRET_READABLE' | 'CONFIG_WRITABLE';
  readonly message: string;
  readonly remedy: string;
}

/** Those of our own group are trusted: the daemon's files often belong to root and to the daemon's group. */
const others = (mode: number, gid: number, bit: number): boolean => (mode & bit) !== 0 || (gid !== process.getgid?.() && (mode & (bit << 3)) !== 0);

/** Looks at the configuration file, if there is one, and at the files that it names. */
export function findExposed({ mqtt }: Pick<Config, 'mqtt'>, file: string | undefined): Exposure[] {
  const secrets = [
    ['mqtt.password_file', mqtt.password_file],
    ['mqtt.key_file', mqtt.key_file],
  ] as const;
  return [
    ...secrets.flatMap(([setting, secret]) => (secret === undefined ? [] : readableByOthers(setting, secret))),
    ...(file === undefined ? [] : writableByOthers(file)),
  ];
}

function readableByOthers(setting: string, file: string): Exposure[] {
  if (!allows(file, 0o4)) return [];
  return [
    {
      code: 'SECRET_READABLE',
      message: `Other users of this machine can read ${shorten(file)} (${setting})`,
      remedy: `Let Earshot's user alone read it: chmod 600 ${shorten(file)}`,
    },
  ];
}

function writableByOthers(file: string): Exposure[] {
  if (!allows(file, 0o2)) return [];
  return [
    {
      code: 'CONFIG_WRITABLE',
      message: `Other users of this machine can change ${shorten(file)}, and so have Earshot run programs (source.command)`,
      remedy: `Take that away: chmod go-w ${shorten(file)}`,
    },
  ];
}

/** A file that is not there is somebody else's to complain about. */
function allows(file: string, bit: number): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && others(found.mode, found.gid, bit);
}
