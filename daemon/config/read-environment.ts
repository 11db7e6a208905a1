import type { ConfigProblem } from './config-error.js';
import { configKeys } from './config-keys.js';
import { readText } from './read-text.js';
import type { Setting } from './setting.js';
import { suggest } from './suggest.js';

/** Variables that name no key but belong to us. */
const reserved = new Set(['EARSHOT_CONFIG']);

/** The one rule: EARSHOT_ and the key in capitals, dots as underscores. `mqtt.url` is EARSHOT_MQTT_URL. */
export function variableOf(path: string): string {
  return `EARSHOT_${path.toUpperCase().replaceAll('.', '_')}`;
}

export function readEnvironment(environment: NodeJS.ProcessEnv): { settings: Setting[]; problems: ConfigProblem[] } {
  const keys = new Map([...configKeys.values()].map((key) => [variableOf(key.path), key]));
  const settings: Setting[] = [];
  const problems: ConfigProblem[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('EARSHOT_') || reserved.has(variable) || text === undefined || text === '') continue;
    const key = keys.get(variable);
    if (key !== undefined) {
      settings.push({ path: key.path.split('.'), value: readText(text, key), origin: { kind: 'environment', variable } });
    } else if (variable === 'EARSHOT_MQTT_PASSWORD') {
      problems.push({ subject: variable, message: 'a password in the environment can be read by others; write it to a file and set EARSHOT_MQTT_PASSWORD_FILE' });
    } else {
      const near = suggest(variable, keys.keys());
      problems.push({ subject: variable, message: `this environment variable sets no key${near === undefined ? '' : `; did you mean ${near}?`}` });
    }
  }
  return { settings, problems };
}
