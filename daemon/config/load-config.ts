import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { assemble } from './assemble.js';
import { check } from './check.js';
import type { ConfigProblem } from './config-error.js';
import { findConfigFile, type FileChoice } from './find-file.js';
import { readEnvironment } from './read-environment.js';
import { readFlags, type FlagSetting } from './read-flags.js';
import { readYaml, type YamlSettings } from './read-yaml.js';
import type { Config } from './schema.js';
import { shorten, type Setting } from './setting.js';

export interface ConfigSources {
  /** The value of --config. */
  readonly file?: string | undefined;
  /** The values of --set. */
  readonly assignments?: readonly string[];
  readonly flags?: readonly FlagSetting[];
  readonly environment?: NodeJS.ProcessEnv;
  readonly host?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** The file that was read, if there was one. */
  readonly file?: string;
  /** Paths of the keys that somebody set. */
  readonly isSet: (key: string) => boolean;
}

/** Reads defaults, file, environment and flags, the later over the earlier; throws a `ConfigError` with all that is wrong. */
export function loadConfig({ file, assignments = [], flags = [], environment = process.env, host = hostname() }: ConfigSources = {}): LoadedConfig {
  const choice = findConfigFile(file, environment);
  const fromFile = choice === undefined ? { settings: [], problems: [] } : readFile(choice);
  const fromEnvironment = readEnvironment(environment);
  const fromFlags = readFlags(assignments, flags);

  const layers = [fromFile, fromEnvironment, fromFlags];
  const assembled = assemble([deviceOf(host), ...layers.flatMap(({ settings }) => settings)]);
  const problems: ConfigProblem[] = [...layers.flatMap((layer) => layer.problems), ...assembled.problems];
  const config = check({ ...assembled, problems });
  return {
    config,
    ...(choice === undefined ? {} : { file: choice.file }),
    isSet: (key) => (assembled.origins.get(key)?.kind ?? 'default') !== 'default',
  };
}

/** Two devices on one broker must not share a name; hosts in a home mostly differ. */
function deviceOf(host: string): Setting {
  const id = host.replace(/\..*/, '').replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 64) || 'earshot';
  return { path: ['device', 'id'], value: id, origin: { kind: 'default' } };
}

function readFile({ file, namedBy }: FileChoice): YamlSettings {
  try {
    return readYaml(readFileSync(file, 'utf8'), file);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    const message = cause.code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${cause.message}`;
    return { settings: [], problems: [{ subject: shorten(file), message, ...(namedBy === undefined ? {} : { where: `named by ${namedBy}` }) }] };
  }
}

