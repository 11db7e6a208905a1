import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { ConfigError } from '../../daemon/config/config-error.js';
import { configKeys } from '../../daemon/config/config-keys.js';
import { loadConfig, type ConfigSources } from '../../daemon/config/load-config.js';
import { variableOf } from '../../daemon/config/read-environment.js';

const folder = mkdtempSync(join(tmpdir(), 'earshot-config-'));
const file = join(folder, 'earshot.yaml');

function load(yaml: string, more: Omit<ConfigSources, 'file'> = {}) {
  const own = join(mkdtempSync(join(folder, 'case-')), 'earshot.yaml');
  writeFileSync(own, yaml);
  return { own, loaded: () => loadConfig({ environment: {}, ...more, file: own }) };
}

/** The lines a person would read, without the folder that changes each time. */
function problemsOf(yaml: string, more: Omit<ConfigSources, 'file'> = {}): string[] {
  const { own, loaded } = load(yaml, more);
  try {
    loaded();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ subject, message, where }) => `${subject}: ${message}${where === undefined ? '' : ` (${where})`}`.replaceAll(own, 'earshot.yaml'));
  }
  return [];
}

test('without a word from anybody every key has its default, and the device is named after its host', (t) => {
  const { config } = loadConfig({ environment: {}, file: undefined, host: 'kitchen pi.home' });
  t.is(config.device.id, 'kitchen-pi');
  t.is(config.window.hop_seconds, 2);
  t.is(config.mqtt.url, undefined);
  t.is(config.source.kind, 'auto');
});

test('flags win over the environment, the environment over the file, the file over the defaults', (t) => {
  const { loaded } = load('mqtt:\n  url: mqtt://file\n  base_topic: file\n  client_id: file\n', {
    environment: { EARSHOT_MQTT_URL: 'mqtt://environment', EARSHOT_MQTT_BASE_TOPIC: 'environment' },
    assignments: ['mqtt.url=mqtt://flag'],
  });
  const { config, isSet } = loaded();
  t.like(config.mqtt, { url: 'mqtt://flag', base_topic: 'environment', client_id: 'file', keepalive_seconds: 30 });
  t.true(isSet('mqtt.client_id'));
  t.false(isSet('mqtt.keepalive_seconds'));
  t.false(isSet('device.id'));
});

test('every error is told at once, each with its key, what was found, what is allowed and where', (t) => {
  t.deepEqual(
    problemsOf('window:\n  hop_seconds: often\nsource:\n  kind: microfone\n\nmqtt:\n  port: 1883\n', {
      environment: { EARSHOT_INFERENCE_THREADS: 'many', EARSHOT_MQTT_ULR: 'x' },
      assignments: ['gate.level_dbfs=20', 'nonsense'],
    }),
    [
      'EARSHOT_MQTT_ULR: this environment variable sets no key; did you mean EARSHOT_MQTT_URL?',
      '--set: found "nonsense"; allowed: KEY=VALUE, as in --set mqtt.url=mqtt://192.168.1.2',
      'mqtt.port: there is no such key; did you mean embedded_broker.port? (earshot.yaml:7)',
      'source.kind: found "microfone"; allowed: auto, microphone, file, stdin, command (earshot.yaml:4)',
      'window.hop_seconds: found "often"; allowed: seconds from 0.05 to 60 (earshot.yaml:2)',
      'gate.level_dbfs: found 20; allowed: dB relative to full scale from -120 to 0 (flag --set)',
      'inference.threads: found "many"; allowed: a whole number from 1 to 16 (environment variable EARSHOT_INFERENCE_THREADS)',
    ],
  );
});

test('a key outside its section is led home', (t) => {
  t.deepEqual(problemsOf('hop_seconds: 2\n'), ['hop_seconds: there is no such key; did you mean window.hop_seconds? (earshot.yaml:1)']);
});

test('a section that is a value, and a value that is a section, are named', (t) => {
  t.deepEqual(problemsOf('log: info\nmodel:\n  name: default\n'), [
    'log: is a section; its keys are level (earshot.yaml:1)',
    'model.name: model takes one value and has no keys (earshot.yaml:3)',
  ]);
});

test('sections and keys without a value say nothing, unknown ones are still named', (t) => {
  const { loaded } = load('mqtt:\nlog:\n  level:\n');
  t.is(loaded().config.log.level, 'info');
  t.deepEqual(problemsOf('mqqt:\n'), ['mqqt: there is no such key; did you mean mqtt? (earshot.yaml:1)']);
});

for (const [name, yaml, sources] of [
  ['the file', 'mqtt:\n  url: mqtt://x\n  username: me\n  password: hunter2\n', {}],
  ['a flag', '', { assignments: ['mqtt.password=hunter2'] }],
  ['the environment', '', { environment: { EARSHOT_MQTT_PASSWORD: 'hunter2' } }],
  ['the url', 'mqtt:\n  url: mqtt://me:hunter2@x\n', {}],
  ['a url that is wrong in other ways too', 'mqtt:\n  url: http://me:hunter2@x/\n', {}],
  ['a url of the wrong type', 'mqtt:\n  url: [mqtt://me:hunter2@x]\n', {}],
] as const) {
  test(`a password in ${name} is refused, not repeated, and a way out is named`, (t) => {
    const { loaded } = load(yaml, sources);
    const error = t.throws(loaded, { instanceOf: ConfigError });
    t.false(`${error.message}${error.stack}`.includes('hunter2'));
    if (!name.includes('wrong')) t.regex(error.message, /password_file|PASSWORD_FILE/);
  });
}

test('keys that belong together are asked for together', (t) => {
  t.deepEqual(problemsOf('mqtt:\n  url: mqtt://x\n  cert_file: a.pem\n  password_file: p\nsource:\n  kind: file\n'), [
    'mqtt.cert_file: is set without mqtt.key_file; a client certificate needs its key (earshot.yaml:3)',
    'mqtt.password_file: is set without mqtt.username; a password needs a user name (earshot.yaml:4)',
    'mqtt.cert_file: has no effect on an unencrypted connection; let mqtt.url begin with mqtts:// (earshot.yaml:3)',
    'source.kind: is file; set source.file too (earshot.yaml:6)',
  ]);
});

test('a path in the file is relative to the file, the name of a bundle stays a name', (t) => {
  const { own, loaded } = load('model: default\nsource:\n  file: sounds/a.wav\n', { environment: { EARSHOT_MQTT_CA_FILE: 'x', EARSHOT_MQTT_URL: 'mqtts://x' } });
  const { config } = loaded();
  t.is(config.source.file, join(own, '../sounds/a.wav'));
  t.is(config.model, 'default');
  t.is(config.mqtt.ca_file, 'x');
});

test('broken YAML is told with its line, and the environment is still checked', (t) => {
  const problems = problemsOf('mqtt: {url: "x\n', { environment: { EARSHOT_LOG_LEVEL: 'loud' } });
  t.regex(problems[0]!, /^earshot\.yaml: not valid YAML: .* \(line \d+, column \d+\)$/);
  t.regex(problems.at(-1)!, /^log\.level: found "loud"/);
});

test('a key that is written twice is not silently dropped', (t) => {
  t.regex(problemsOf('model: a\nmodel: b\n')[0]!, /unique/);
});

test('a file that is named and missing is an error, whoever named it', (t) => {
  const missing = join(folder, 'missing.yaml');
  t.regex(t.throws(() => loadConfig({ file: missing, environment: {} })).message, /missing\.yaml: there is no such file \(named by --config\)/);
  t.regex(t.throws(() => loadConfig({ environment: { EARSHOT_CONFIG: missing } })).message, /named by EARSHOT_CONFIG/);
});

test('YAML that tries to reach the prototype is just an unknown key', (t) => {
  writeFileSync(file, '__proto__:\n  polluted: true\nconstructor: 1\n');
  t.throws(() => loadConfig({ file, environment: {} }), { instanceOf: ConfigError });
  t.false('polluted' in {});
});

test('lists come as YAML, as JSON or as words', (t) => {
  const expected = ['pw-record', '-'];
  t.deepEqual(load('source: {command: [pw-record, "-"]}').loaded().config.source.command, expected);
  t.deepEqual(load('', { environment: { EARSHOT_SOURCE_COMMAND: 'pw-record -' } }).loaded().config.source.command, expected);
  t.deepEqual(load('', { assignments: ['source.command=["pw-record","-"]'] }).loaded().config.source.command, expected);
  t.deepEqual(problemsOf('source: {command: [1]}').length, 1);
});

test('no two keys share an environment variable', (t) => {
  const variables = [...configKeys.keys()].map(variableOf);
  t.is(new Set(variables).size, variables.length);
});
