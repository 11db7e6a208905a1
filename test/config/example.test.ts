import { readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';
import { configKeys } from '../../daemon/config/config-keys.js';
import { loadConfig } from '../../daemon/config/load-config.js';
import { readYaml } from '../../daemon/config/read-yaml.js';

const example = readFileSync('config/earshot.yaml.example', 'utf8');
/** The example with every key switched on: the comments that explain are sentences, those that are keys are not. */
const switchedOn = example.replace(/^( *)# ([a-z_]+: \S.*|[a-z_]+: \[.*\])$/gm, (line, indent: string, setting: string) =>
  configKeysNamed(setting.slice(0, setting.indexOf(':'))) ? `${indent}${setting}` : line,
);

function configKeysNamed(name: string): boolean {
  return [...configKeys.keys()].some((path) => path === name || path.endsWith(`.${name}`));
}

test('the example as it comes sets nothing and is right', (t) => {
  const file = 'config/earshot.yaml.example';
  t.deepEqual(loadConfig({ file, environment: {}, host: 'h' }).config, loadConfig({ environment: {}, host: 'h' }).config);
});

test('the example explains every key there is, and no other', (t) => {
  const { settings, problems } = readYaml(switchedOn, 'example');
  t.deepEqual(problems, []);
  t.deepEqual(settings.map(({ path }) => path.join('.')).sort(), [...configKeys.keys()].sort());
});

test('every value of the example is the default where there is one', (t) => {
  const { settings } = readYaml(switchedOn, 'example');
  for (const { path, value } of settings) {
    const { fallback } = configKeys.get(path.join('.'))!;
    if (fallback !== undefined) t.deepEqual(value, fallback, path.join('.'));
  }
});

test('the values of the example are allowed', (t) => {
  const tree = parse(switchedOn) as Record<string, Record<string, unknown>>;
  tree['mqtt']!['url'] = 'mqtts://192.168.1.2';
  const assignments = Object.entries(tree).flatMap(([section, keys]) =>
    typeof keys === 'object' ? Object.entries(keys).map(([key, value]) => `${section}.${key}=${Array.isArray(value) ? JSON.stringify(value) : String(value)}`) : [],
  );
  t.notThrows(() => loadConfig({ assignments, environment: {} }));
});
