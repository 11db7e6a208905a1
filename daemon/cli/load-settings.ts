import { loadConfig, type LoadedConfig } from '../config/load-config.js';
import type { FlagSetting } from '../config/read-flags.js';
import type { SettingOptions } from './setting-options.js';

/** Reads the configuration with these options over it. Throws a `ConfigError`. */
export function loadSettings({ config, set = [], microphone, file, model, broker }: SettingOptions): LoadedConfig {
  return loadConfig({
    file: config,
    assignments: set,
    flags: [
      ...flag('--microphone', microphone, { 'source.kind': 'microphone', 'source.device': microphone }),
      ...flag('--file', file, { 'source.kind': 'file', 'source.file': file }),
      ...flag('--model', model, { model }),
      ...flag('--broker', broker, { 'mqtt.url': broker }),
    ],
  });
}

function flag(name: string, given: string | undefined, sets: Record<string, string | undefined>): FlagSetting[] {
  if (given === undefined) return [];
  return Object.entries(sets).map(([key, value]) => ({ flag: name, key, value: value ?? '' }));
}
