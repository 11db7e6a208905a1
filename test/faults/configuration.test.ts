import { chmodSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { ConfigError } from '../../daemon/config/config-error.js';
import { configKeys } from '../../daemon/config/config-keys.js';
import { findExposed } from '../../daemon/config/find-exposed.js';
import { loadConfig } from '../../daemon/config/load-config.js';
import { configSchema } from '../../daemon/config/schema.js';
import { earshot } from '../cli/run-earshot.js';
import { tinyBundle } from '../helpers/tiny-bundle.js';

const seed = 20_261_123;
const folder = mkdtempSync(join(tmpdir(), 'earshot-configurations-'));
test.after.always(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'earshot.yaml');
const example = readFileSync(new URL('../../../config/earshot.yaml.example', import.meta.url), 'utf8')
  .split('\n')
  // Keys and values; words about them would only be parsed and thrown away.
  .filter((line) => /^ *(# )?[a-z_]+:/.test(line))
  .map((line) => line.replace('# ', ''))
  .join('\n');

const anything = fc.anything({ maxDepth: 3, withNullPrototype: false, withBigInt: false, withDate: false });
const names = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...configKeys.keys()) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', '__proto__.polluted', 'constructor.prototype.polluted', 'mqtt.__proto__.polluted', 'mqtt', 'mqtt.password', 'toString') },
  { weight: 1, arbitrary: fc.string({ maxLength: 30 }) },
);
const values = fc.oneof(
  anything,
  fc.constantFrom('mqtt://me:hunter2@host', 'mqtts://', '-1', '1e999', '.inf', '.nan', '0x10', 'true', '~', '\0', '../../etc/passwd', 'plughw:CARD=Device', '#', '+/+', '*a', '&a'),
  fc.double(),
  fc.integer(),
);
/** Keys with values, right and wrong, nested as in a file. */
const trees = fc.array(fc.tuple(names, values), { maxLength: 8 }).map((settings) => {
  const tree: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of settings) {
    const [outer = '', ...inner] = name.split('.');
    tree[outer] = inner.length === 0 ? value : { ...(tree[outer] as object | undefined), [inner.join('.')]: value };
  }
  return tree;
});
const asYaml = (tree: unknown): string => {
  try {
    return stringify(tree);
  } catch {
    return '{';
  }
};
/** The example with some of its characters changed. */
const damaged = fc.array(fc.tuple(fc.nat(example.length), fc.oneof(fc.constantFrom('\t', ':', '\n', '- ', '[', '{', '"', '&a ', '*a ', '!!x ', '\0', '? '), fc.string({ maxLength: 5 }))), { minLength: 1, maxLength: 5 }).map((changes) =>
  changes.reduce((text, [at, change]) => text.slice(0, at) + change + text.slice(at + change.length), example),
);
/** Small texts that ask for much, or large ones that say nothing. */
const bombs = [
  '['.repeat(20_000),
  `${'a: {'.repeat(5000)}${'}'.repeat(5000)}`,
  Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n').slice(0, 260_000),
  'a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c]\nsource:\n  command: [*d,*d,*d]\n',
  'source: &s\n  command: &c [*c]\n',
  'x'.repeat(300_000),
  `${'k'.repeat(100_000)}: 1`,
  Array.from({ length: 1000 }, (_, index) => `key${index}: ${index}`).join('\n'),
  '\ufeffdevice:\r\n  id: pi\r\n',
  '!!js/function "x"',
];
const texts = fc.oneof(
  { weight: 40, arbitrary: trees.map(asYaml) },
  { weight: 40, arbitrary: damaged },
  { weight: 20, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
);

/** What came of a configuration: good, or refused in words for a person. Throws whatever else is thrown. */
function outcome(load: () => ReturnType<typeof loadConfig>): 'good' | 'refused' {
  try {
    configSchema.parse(load().config);
    return 'good';
  } catch (error) {
    if (!(error instanceof ConfigError) || error.message.length > 100_000 || error.problems.length === 0) throw error;
    return 'refused';
  }
}

test('10,000 malformed configurations are read or refused in words of bounded length, and nothing else', async (t) => {
  t.timeout(600_000);
  const counts = { good: 0, refused: 0 };
  for (const [index, text] of fc.sample(texts, { numRuns: 10_000, seed }).entries()) {
    if (index % 100 === 0) await setImmediate();
    writeFileSync(file, text);
    counts[outcome(() => loadConfig({ file, environment: {} }))] += 1;
  }
  t.log(counts);
  t.is(counts.good + counts.refused, 10_000);
  t.true(counts.refused > 1000 && counts.good > 10);
  t.false('polluted' in {});
  t.deepEqual(Object.keys(Object.prototype), []);
});

test('a configuration that is too deep, too long or refers to itself is refused in words of bounded length', (t) => {
  for (const bomb of bombs) {
    writeFileSync(file, bomb);
    outcome(() => loadConfig({ file, environment: {} }));
  }
  t.false('polluted' in {});
});

test('flags and environment variables that are none of ours are refused in words too', (t) => {
  const settings = fc.array(fc.tuple(names, fc.string()), { maxLength: 5 });
  fc.assert(
    fc.property(settings, settings, (flags, variables) => {
      const environment = Object.fromEntries(variables.map(([name, value]) => [`EARSHOT_${name.toUpperCase().replaceAll('.', '_')}`, value]));
      delete environment['EARSHOT_CONFIG'];
      const assignments = flags.map(([name, value]) => `${name}=${value}`);
      outcome(() => loadConfig({ assignments, environment: { EARSHOT_CONFIG: join(folder, 'none.yaml'), ...environment } }));
      return !('polluted' in {});
    }),
    { seed, numRuns: 500 },
  );
  t.pass();
});

test('a password in a refused address is not repeated', (t) => {
  writeFileSync(file, 'mqtt:\n  url: mqtt://me:hunter2@host\n');
  const error = t.throws(() => loadConfig({ file, environment: {} }), { instanceOf: ConfigError });
  t.notRegex(error.message, /hunter2/);
});

test('a password file that others can read, and a configuration that others can change, are named with their remedy', (t) => {
  const secret = join(folder, 'password');
  writeFileSync(secret, 'hunter2');
  writeFileSync(file, `mqtt:\n  url: mqtt://broker\n  username: me\n  password_file: ${secret}\n`);
  const { config } = loadConfig({ file, environment: {} });
  const codes = (secretMode: number, fileMode: number): string[] => {
    chmodSync(secret, secretMode);
    chmodSync(file, fileMode);
    return findExposed(config, file).map(({ code }) => code);
  };
  t.deepEqual(codes(0o600, 0o644), []);
  t.deepEqual(codes(0o640, 0o664), []);
  t.deepEqual(codes(0o644, 0o644), ['SECRET_READABLE']);
  t.deepEqual(codes(0o600, 0o666), ['CONFIG_WRITABLE']);
  chmodSync(secret, 0o604);
  const [exposure] = findExposed(config, undefined);
  t.regex(exposure?.message ?? '', /can read .*password \(mqtt\.password_file\)/);
  t.regex(exposure?.remedy ?? '', /chmod 600 /);
  t.deepEqual(findExposed({ mqtt: { ...config.mqtt, password_file: join(folder, 'gone') } }, undefined), []);
});

test('such a file is told by run and by check', async (t) => {
  const secret = join(folder, 'wide');
  const wide = join(folder, 'wide.yaml');
  writeFileSync(secret, 'hunter2');
  chmodSync(secret, 0o644);
  writeFileSync(wide, `mqtt:\n  url: mqtt://127.0.0.1:1\n  username: me\n  password_file: ${secret}\n`);
  chmodSync(wide, 0o600);
  const settings = ['--config', wide, '--model', tinyBundle, '--file', join(folder, 'none.wav')];
  const [run, check] = await Promise.all([earshot(['run', ...settings], { STATE_DIRECTORY: folder }), earshot(['check', ...settings])]);
  const lines = run.stdout.trim().split('\n').map((line) => JSON.parse(line) as { level: string; code?: string; remedy?: string });
  t.like(lines.find(({ code }) => code === 'SECRET_READABLE'), { level: 'warn', remedy: `Let Earshot's user alone read it: chmod 600 ${secret}` });
  t.regex(check.stdout, /^ok +configuration .*wide\.yaml\n +Other users of this machine can read .*chmod 600 /m);
  t.notRegex(run.stdout + run.stderr + check.stdout + check.stderr, /hunter2/);
});
