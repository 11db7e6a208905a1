import test from 'ava';
import { ConfigError } from '../../daemon/config/config-error.js';
import { readYaml } from '../../daemon/config/read-yaml.js';
import { InstallError } from '../../daemon/install/install-error.js';
import type { Machine } from '../../daemon/install/machine.js';
import { planInstall } from '../../daemon/install/plan-install.js';
import type { Step } from '../../daemon/install/step.js';
import type { Wishes } from '../../daemon/install/wishes.js';
import { machineWith, noWishes, templates } from './machine.js';

const plan = (machine: Machine, wishes: Partial<Wishes> = {}) => planInstall(machine, { ...noWishes, ...wishes }, templates);
const written = (steps: readonly Step[], path: string) => {
  const step = steps.find((candidate) => candidate.kind === 'write' && candidate.path === path);
  if (step?.kind !== 'write') throw new Error(`${path} is not written`);
  return step;
};
const commands = (steps: readonly Step[]) => steps.flatMap((step) => (step.kind === 'run' ? [step.command.join(' ')] : []));
const setIn = (text: string) => Object.fromEntries(readYaml(text, 'x').settings.filter(({ value }) => value !== undefined).map(({ path, value }) => [path.join('.'), value]));
const refusal = (machine: Machine, wishes: Partial<Wishes> = {}) => {
  try {
    plan(machine, wishes);
  } catch (error) {
    if (error instanceof InstallError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

test('on a new machine configuration and unit are written, then the service is enabled and started, without waiting for a microphone', (t) => {
  const steps = plan(machineWith(), { microphone: 'plughw:CARD=Device', broker: 'mqtt://192.168.1.2', brokerUser: 'earshot', password: 'hunter2' });
  t.deepEqual(
    steps.flatMap((step) => (step.kind === 'write' ? [[step.path, step.mode.toString(8)]] : [])),
    [['/etc/earshot/earshot.yaml', '600'], ['/etc/earshot/mqtt-password', '600'], ['/etc/systemd/system/earshot.service', '644']],
  );
  t.deepEqual(commands(steps), ['systemctl daemon-reload', 'systemctl enable earshot.service', 'systemctl restart --no-block earshot.service']);
  t.deepEqual(setIn(written(steps, '/etc/earshot/earshot.yaml').content), { 'source.device': 'plughw:CARD=Device', 'mqtt.url': 'mqtt://192.168.1.2', 'mqtt.username': 'earshot' });
  t.is(written(steps, '/etc/earshot/mqtt-password').content, 'hunter2\n');
});

test('the unit runs this copy with the Node that installs it', (t) => {
  const { content } = written(plan(machineWith({ node: '/usr/local/bin/node', project: '/srv/earshot' })), '/etc/systemd/system/earshot.service');
  t.regex(content, /^ExecStart=\/usr\/local\/bin\/node --max-semi-space-size=1 \/srv\/earshot\/dist\/daemon\/cli\/earshot\.js run --config \$\{CREDENTIALS_DIRECTORY\}\/earshot\.yaml$/m);
  t.notRegex(content, /\/opt\/earshot|\/usr\/bin\/node/);
  t.regex(content, /^DynamicUser=yes$/m);
});

test('a user that is named takes the place of the one of its own', (t) => {
  const { content } = written(plan(machineWith(), { user: 'pi' }), '/etc/systemd/system/earshot.service');
  t.regex(content, /^User=pi$/m);
  t.notRegex(content, /DynamicUser/);
  t.is(refusal(machineWith(), { user: 'nobody-here' }).code, 'INSTALL_USER');
  t.is(refusal(machineWith(), { user: 'pi\nExecStartPre=/bin/x' }).code, 'INSTALL_USER');
});

test('the wait between restarts grows where systemd can do that, and the unit holds nothing that it does not know', (t) => {
  const key = /^RestartMaxDelaySec=5min$/m;
  t.notRegex(written(plan(machineWith({ systemdVersion: 252 })), '/etc/systemd/system/earshot.service').content, key);
  t.regex(written(plan(machineWith({ systemdVersion: 254 })), '/etc/systemd/system/earshot.service').content, key);
});

test('a configuration that is there is never written over, and what was asked for and not done is said', (t) => {
  const steps = plan(machineWith({}, { '/etc/earshot/earshot.yaml': 'source:\n  device: plughw:CARD=Mine\n' }), { microphone: 'plughw:CARD=Other', broker: 'mqtt://x' });
  t.false(steps.some((step) => step.kind === 'write' && step.path === '/etc/earshot/earshot.yaml'));
  t.like(steps[0], { kind: 'keep', why: 'it is yours; set source.device, mqtt.url there yourself' });
});

test('a second time nothing is written, and what runs goes on running', (t) => {
  const unit = written(plan(machineWith()), '/etc/systemd/system/earshot.service').content;
  const steps = plan(machineWith({}, { '/etc/earshot/earshot.yaml': '', '/etc/earshot/mqtt-password': 'x', '/etc/systemd/system/earshot.service': unit }));
  t.deepEqual(steps.map(({ kind }) => kind), ['keep', 'keep', 'keep', 'run', 'run', 'run']);
  t.is(commands(steps).at(-1), 'systemctl start --no-block earshot.service');
});

test('below another root nothing is started', (t) => {
  t.deepEqual(commands(plan(machineWith({ root: '/mnt/card', isRoot: false, hasSystemd: false }))), ['systemctl --root=/mnt/card enable earshot.service']);
});

test('a configuration that is wrong is told with its line, and nothing is done', (t) => {
  const broken = machineWith({}, { '/etc/earshot/earshot.yaml': 'mqtt:\n  urk: mqtt://x\n' });
  const { message } = t.throws(() => plan(broken), { instanceOf: ConfigError });
  t.regex(message, /mqtt\.urk: there is no such key; did you mean mqtt\.url\? \(\/etc\/earshot\/earshot\.yaml:2\)/);
  const secret = t.throws(() => plan(machineWith(), { broker: 'mqtt://me:hunter2@host' }), { instanceOf: ConfigError });
  t.regex(secret.message, /mqtt\.url: holds a user name or password/);
  t.notRegex(secret.message, /hunter2/);
});

const refused: readonly (readonly [title: string, machine: Partial<Machine>, code: string, said: RegExp])[] = [
  ['who is not root', { isRoot: false }, 'INSTALL_NOT_ROOT', /sudo/],
  ['a machine without systemd', { hasSystemd: false }, 'INSTALL_NO_SYSTEMD', /earshot run/],
  ['a 32-bit Node', { architecture: 'arm' }, 'INSTALL_32_BIT', /64-bit Raspberry Pi OS/],
  ['a Node in a home, as nvm puts it there', { node: '/home/pi/.nvm/versions/node/v20.20.2/bin/node' }, 'INSTALL_HIDDEN_PATH', /sudo install -m 755 \/home\/pi\/\.nvm\S+ \/usr\/local\/bin\/node/],
  ['a copy in a home', { project: '/home/pi/earshot' }, 'INSTALL_HIDDEN_PATH', /sudo cp -a \/home\/pi\/earshot \/opt\/earshot/],
  ['a copy in /tmp', { project: '/tmp/earshot' }, 'INSTALL_HIDDEN_PATH', /\/opt\/earshot/],
  ['a path with a character that systemd gives a meaning', { project: '/srv/my sounds' }, 'INSTALL_UNUSABLE_PATH', /\/srv\/my sounds/],
  ['a path that not everybody may read', { closedTo: () => '/opt/earshot', exists: () => true }, 'INSTALL_UNREADABLE_PATH', /chmod -R o\+rX \/opt\/earshot/],
  ['a copy that was never set up', { closedTo: () => '/opt/earshot/dist' }, 'INSTALL_UNREADABLE_PATH', /npm start/],
];
for (const [title, machine, code, said] of refused) {
  test(`${title} is refused with a remedy`, (t) => {
    const error = refusal(machineWith(machine));
    t.is(error.code, code);
    t.regex(`${error.message} ${error.remedy}`, said);
  });
}

test('all that is wrong is said at once', (t) => {
  const { code, message } = refusal(machineWith({ isRoot: false, node: '/root/.nvm/node', project: '/home/pi/earshot' }));
  t.is(code, 'INSTALL_REFUSED');
  for (const said of ['sudo', '/root/.nvm/node', '/home/pi/earshot']) t.true(message.includes(said), said);
});

test('to look at what would be done one need not be root, nor have systemd', (t) => {
  t.notThrows(() => plan(machineWith({ isRoot: false, hasSystemd: false }), { isDryRun: true }));
});
