import { assemble } from '../config/assemble.js';
import { check } from '../config/check.js';
import { readYaml } from '../config/read-yaml.js';
import type { Wishes } from './wishes.js';

/** The explained configuration that comes along, with what was asked for set in it. Throws a `ConfigError` where that may not be set. */
export function configurationFor(example: string, { microphone, broker, brokerUser }: Wishes, file: string): string {
  const set = (text: string, key: string, value: string | undefined): string => {
    if (value === undefined) return text;
    const line = new RegExp(`^  # ${key}: .*$`, 'm');
    if (!line.test(text)) throw new TypeError(`config/earshot.yaml.example has no key ${key}`);
    // A string in JSON is one in YAML; a replacement must not be read as a pattern.
    return text.replace(line, () => `  ${key}: ${JSON.stringify(value)}`);
  };
  const text = set(set(set(example, 'device', microphone), 'url', broker), 'username', brokerUser);
  checkConfiguration(text, file);
  return text;
}

/** Throws a `ConfigError` that names lines of `file`. */
export function checkConfiguration(text: string, file: string): void {
  const { settings, problems } = readYaml(text, file);
  const device = { path: ['device', 'id'], value: 'earshot', origin: { kind: 'default' } } as const;
  const assembled = assemble([device, ...settings]);
  check({ ...assembled, problems: [...problems, ...assembled.problems] });
}
