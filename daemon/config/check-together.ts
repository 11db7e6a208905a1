import { isEncrypted } from './broker-url.js';
import type { ConfigProblem } from './config-error.js';

type Values = ReadonlyMap<string, unknown>;

/** Rules about keys that depend on one another, each on what was set, right or wrong by itself. */
const rules: readonly ((values: Values) => ConfigProblem | undefined)[] = [
  needs('mqtt.cert_file', 'mqtt.key_file', 'a client certificate needs its key'),
  needs('mqtt.key_file', 'mqtt.cert_file', 'a client key needs its certificate'),
  needs('mqtt.password_file', 'mqtt.username', 'a password needs a user name'),
  ...['username', 'password_file', 'ca_file', 'cert_file', 'server_name'].map((key) =>
    needs(`mqtt.${key}`, 'mqtt.url', 'it is for a broker of your own'),
  ),
  ...['ca_file', 'cert_file', 'server_name'].map((key) => needsEncryption(`mqtt.${key}`)),
  sourceNeeds('file', 'source.file'),
  sourceNeeds('command', 'source.command'),
  hopWithinWindow,
];

export function checkTogether(values: Values): ConfigProblem[] {
  return rules.map((rule) => rule(values)).filter((problem) => problem !== undefined);
}

function needs(key: string, other: string, why: string) {
  return (values: Values): ConfigProblem | undefined =>
    values.has(key) && !values.has(other) ? { subject: key, message: `is set without ${other}; ${why}` } : undefined;
}

function needsEncryption(key: string) {
  return (values: Values): ConfigProblem | undefined => {
    const url = values.get('mqtt.url');
    if (!values.has(key) || typeof url !== 'string' || isEncrypted(url)) return undefined;
    return { subject: key, message: 'has no effect on an unencrypted connection; let mqtt.url begin with mqtts://' };
  };
}

function sourceNeeds(kind: string, key: string) {
  return (values: Values): ConfigProblem | undefined =>
    values.get('source.kind') === kind && !values.has(key) ? { subject: 'source.kind', message: `is ${kind}; set ${key} too` } : undefined;
}

function hopWithinWindow(values: Values): ConfigProblem | undefined {
  const window = values.get('window.seconds');
  const hop = values.get('window.hop_seconds');
  if (typeof window !== 'number' || typeof hop !== 'number' || hop <= window) return undefined;
  return { subject: 'window.hop_seconds', message: `found ${hop}; between windows of ${window} s some sound would never be heard, so at most that` };
}
