import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-error.js';
import type { Config } from './schema.js';

/** The name of the credential: `LoadCredential=mqtt-password:...`, systemd.exec(5) "Credentials". */
const credential = 'mqtt-password';

/**
 * The password of the broker, from mqtt.password_file or else from the credential that systemd handed over.
 * Throws a `ConfigError` where a file was named and cannot be read.
 */
export function readPassword({ mqtt }: Pick<Config, 'mqtt'>, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const file = mqtt.password_file ?? findCredential(environment);
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw wrong(`${file} cannot be read: ${(cause as Error).message}; it must be readable by the user that runs Earshot`);
  }
  const password = text.replace(/\r?\n$/, '');
  // The unit hands over an empty credential where the administrator made none.
  if (password === '' && mqtt.password_file === undefined) return undefined;
  if (password === '' || /[\r\n]/.test(password)) throw wrong(`${file} must hold the password alone, on one line`);
  return password;
}

function findCredential(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = environment['CREDENTIALS_DIRECTORY'];
  if (folder === undefined || folder === '') return undefined;
  const file = join(folder, credential);
  return existsSync(file) ? file : undefined;
}

function wrong(message: string): ConfigError {
  return new ConfigError([{ subject: 'mqtt.password_file', message }]);
}
