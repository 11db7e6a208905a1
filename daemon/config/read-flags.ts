import type { ConfigProblem } from './config-error.js';
import { configKeys } from './config-keys.js';
import { readText } from './read-text.js';
import type { Setting } from './setting.js';

/** What a named flag such as --microphone sets. */
export interface FlagSetting {
  readonly flag: string;
  readonly key: string;
  readonly value: string;
}

/** Reads the values of `--set KEY=VALUE` and of the named flags, which come after and win. */
export function readFlags(assignments: readonly string[], named: readonly FlagSetting[] = []): { settings: Setting[]; problems: ConfigProblem[] } {
  const settings: Setting[] = [];
  const problems: ConfigProblem[] = [];
  for (const assignment of assignments) {
    const end = assignment.indexOf('=');
    if (end < 1) problems.push({ subject: '--set', message: `found ${JSON.stringify(assignment)}; allowed: KEY=VALUE, as in --set mqtt.url=mqtt://192.168.1.2` });
    else settings.push(settingOf(assignment.slice(0, end), assignment.slice(end + 1), '--set'));
  }
  for (const { flag, key, value } of named) settings.push(settingOf(key, value, flag));
  return { settings, problems };
}

function settingOf(path: string, text: string, flag: string): Setting {
  const key = configKeys.get(path);
  const value = text === '' ? undefined : key === undefined ? text : readText(text, key);
  return { path: path.split('.'), value, origin: { kind: 'flag', flag } };
}
