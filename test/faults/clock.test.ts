import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startEmbeddedBroker } from '../../daemon/publish/embedded-broker/start-embedded-broker.js';
import { followLog } from '../cli/follow-log.js';
import { startEarshot } from '../cli/run-earshot.js';
import { tinyBundle } from '../helpers/tiny-bundle.js';
import { freePort } from '../../daemon/bench/loopback-ports.js';
import { subscribe } from '../publish/helpers/subscriber.js';
import { until } from '../publish/helpers/until.js';
import { startProxy } from './helpers/proxy.js';

const jumpyClock = new URL('../../daemon/bench/jumpy-clock.js', import.meta.url);

/** The real daemon, with a microphone that hears noise and a time of day that jumps by hours when `jump` is called. */
function startDaemon(t: ExecutionContext, broker: string) {
  const state = mkdtempSync(join(tmpdir(), 'earshot-clock-'));
  const settings = ['window.hop_seconds=0.05', 'device.id=pi', 'source.name=mic'].flatMap((setting) => ['--set', setting]);
  const child = startEarshot(['run', '--model', tinyBundle, '--broker', broker, '--microphone', 'x', ...settings], {
    PATH: `${resolve('test/cli/fixtures/endless')}:${process.env['PATH']}`,
    NODE_OPTIONS: `--import=${jumpyClock.href}`,
    STATE_DIRECTORY: state,
  });
  const closed = once(child, 'close');
  t.teardown(async () => {
    child.kill('SIGTERM');
    await closed;
    rmSync(state, { recursive: true });
  });
  const log = followLog(child);
  const captions = () => log.lines.filter(({ msg }) => msg === 'caption');
  return { log, captions, jump: () => child.kill('SIGUSR2'), moreCaptions: (count: number) => log.line('caption', captions().length + count) };
}

test('a clock that jumps hours ahead and back while the daemon listens changes neither the order of ids nor what arrives', async (t) => {
  const broker = await startEmbeddedBroker({ host: '127.0.0.1', port: 0 });
  t.teardown(() => broker.close());
  const subscriber = await subscribe(t, broker.url, { protocolVersion: 4 });
  const { log, captions, jump, moreCaptions } = startDaemon(t, broker.url);
  await moreCaptions(3);
  for (let jumps = 0; jumps < 6; jumps += 1) {
    jump();
    await moreCaptions(5);
  }
  const ids = captions().map(({ id }) => String(id));
  const arrived = () => subscriber.captions('earshot/pi/mic/caption').map(({ id }) => id);
  await until(() => arrived().includes(ids.at(-1)!));
  t.deepEqual(ids, [...new Set(ids)].sort());
  t.deepEqual(arrived().slice(0, ids.length), ids);
  // The clock did jump: the times of captions are what it said.
  const hours = captions().map(({ end }) => Date.parse(String(end)) / 3_600_000);
  t.true(Math.max(...hours) - Math.min(...hours) > 20);
  // A busy machine may have to say that captions come less often.
  t.deepEqual(log.lines.filter(({ level, hop_s: hop }) => level !== 'info' && hop === undefined), []);
});

test('events that wait while the clock jumps a day ahead are not thrown away as too old', async (t) => {
  const broker = await startEmbeddedBroker({ host: '127.0.0.1', port: 0 });
  t.teardown(() => broker.close());
  const subscriber = await subscribe(t, broker.url, { protocolVersion: 4 });
  const port = await freePort();
  const { captions, jump, moreCaptions } = startDaemon(t, `mqtt://127.0.0.1:${port}`);
  await moreCaptions(5);
  const waiting = captions().map(({ id }) => String(id));
  for (let jumps = 0; jumps < 5; jumps += 1) {
    jump();
    await moreCaptions(1);
  }
  await startProxy(t, broker.port, port);
  const arrived = (): string[] => ['earshot/pi/mic/caption', 'earshot/pi/mic/caption/late'].flatMap((topic) => subscriber.captions(topic)).map(({ id }) => id);
  await until(() => waiting.every((id) => arrived().includes(id)));
  t.is(arrived().filter((id) => waiting.includes(id)).length, waiting.length);
});
