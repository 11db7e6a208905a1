import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startEmbeddedBroker } from '../../daemon/publish/embedded-broker/start-embedded-broker.js';
import { tinyBundle } from '../helpers/tiny-bundle.js';
import { subscribe } from '../publish/helpers/subscriber.js';
import { until } from '../publish/helpers/until.js';
import { followLog } from './follow-log.js';
import { startEarshot } from './run-earshot.js';

const stateTopic = 'earshot/pi/mic/state';
const setTopic = 'earshot/pi/mic/set';

async function setUp(t: ExecutionContext) {
  const broker = await startEmbeddedBroker({ host: '127.0.0.1', port: 0 });
  t.teardown(() => broker.close());
  const subscriber = await subscribe(t, broker.url, { protocolVersion: 4 });
  const folder = mkdtempSync(join(tmpdir(), 'earshot-switch-'));
  const record = join(folder, 'notified');
  const start = (...more: string[]) => {
    const settings = ['window.hop_seconds=0.05', 'device.id=pi', 'source.name=mic', ...more].flatMap((setting) => ['--set', setting]);
    const child = startEarshot(['run', '--model', tinyBundle, '--broker', broker.url, '--microphone', 'x', ...settings], {
      PATH: [resolve('test/cli/fixtures/endless'), resolve('test/cli/fixtures/service'), process.env['PATH']].join(':'),
      STATE_DIRECTORY: join(folder, 'state'),
      NOTIFY_SOCKET: '/run/x',
      NOTIFY_RECORD: record,
    });
    const closed = once(child, 'close');
    t.teardown(() => child.kill('SIGKILL'));
    const stop = async (): Promise<void> => {
      child.kill('SIGTERM');
      await closed;
    };
    return { child, log: followLog(child), stop };
  };
  const command = (payload: string) => subscriber.client.publishAsync(setTopic, payload, { qos: 1 });
  const state = (): string | undefined => {
    const last = subscriber.on(stateTopic).at(-1);
    return last === undefined ? undefined : (JSON.parse(last.payload) as { state: string }).state;
  };
  /** A daemon subscribes before it says that it is there. */
  const isThere = (statuses: string) => until(() => subscriber.on('earshot/pi/status').map(({ payload }) => payload).join() === statuses);
  return { subscriber, start, command, state, isThere, folder, notified: () => readFileSync(record, 'utf8') };
}

test('a microphone is switched off over MQTT: its program ends, nothing is heard, a restart changes nothing, until it is switched on', async (t) => {
  const { start, command, state, isThere, folder, notified } = await setUp(t);
  const first = start();
  await isThere('online');
  await first.log.line('caption', 2);
  t.is(captures(first.child.pid!), 1);
  await command('OFF');
  await until(() => state() === 'off');
  t.is(captures(first.child.pid!), 0);
  t.like(await first.log.line('switched off: the source is closed until it is switched on'), { level: 'info', source: 'mic', state: 'off' });
  t.deepEqual(readdirSync(join(folder, 'state')).filter((name) => name.startsWith('off')), ['off-mic']);
  await first.stop();

  const second = start();
  await second.log.line('switched off: the source is closed until it is switched on');
  t.is(captures(second.child.pid!), 0);
  await until(() => notified().includes('--ready') && notified().includes('--status=Switched off: mic is closed'));
  await isThere('online,offline,online');
  await command('ON');
  await second.log.line('caption', 2);
  t.is(state(), 'listening');
  await second.stop();
  t.deepEqual(readdirSync(join(folder, 'state')).filter((name) => name.startsWith('off')), []);
});

test('where commands are not wanted none is obeyed, and what was switched off before is on', async (t) => {
  const { start, command, state, isThere, subscriber } = await setUp(t);
  const first = start();
  await isThere('online');
  await command('OFF');
  await until(() => state() === 'off');
  await first.stop();

  const second = start('mqtt.commands=false');
  await isThere('online,offline,online');
  await second.log.line('caption');
  await command('OFF');
  const captions = second.log.lines.filter(({ msg }) => msg === 'caption').length;
  await second.log.line('caption', captions + 3);
  t.is(state(), 'listening');
  const discovery = subscriber.on('homeassistant/device/earshot_pi/config').map(({ payload }) => payload.includes('"switch"'));
  t.deepEqual([discovery[0], discovery.at(-1)], [true, false]);
  await second.stop();
});

/** How many capture programs a daemon has, from /proc. */
function captures(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return children.filter((child) => child !== '' && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('arecord')).length;
}
