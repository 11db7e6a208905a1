import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { followLog } from '../cli/follow-log.js';
import { startListener } from '../cli/listener.js';
import { startEarshot } from '../cli/run-earshot.js';
import { tinyBundle } from '../helpers/tiny-bundle.js';
import { until } from '../publish/helpers/until.js';

test('what a daemon heard before it was killed, without a broker, the next one delivers late, once each, in order, with its own time', async (t) => {
  const state = mkdtempSync(join(tmpdir(), 'earshot-state-'));
  t.teardown(() => rm(state, { recursive: true }));
  const start = (broker: string) => {
    const tiny = ['--model', tinyBundle, '--set', 'window.hop_seconds=0.05', '--set', 'device.id=pi', '--microphone', 'x', '--broker', broker];
    const path = [resolve('test/cli/fixtures/endless'), process.env['PATH']].join(':');
    const child = startEarshot(['run', ...tiny], { PATH: path, XDG_STATE_HOME: state });
    t.teardown(() => child.kill('SIGKILL'));
    return { child, log: followLog(child) };
  };

  const first = start('mqtt://127.0.0.1:1');
  await first.log.line('caption', 20);
  const heard = first.log.lines.filter(({ msg }) => msg === 'caption').slice(0, 20);
  const journal = (): string => readFileSync(join(state, 'earshot', 'pi', 'outbox', 'journal'), 'utf8');
  await until(() => journal().includes(String(heard.at(-1)!['id'])));
  first.child.kill('SIGKILL');
  await once(first.child, 'close');

  const { url, messages, hear } = await startListener(t);
  const second = start(url);
  const lateTopic = 'earshot/pi/microphone/caption/late';
  const fresh = await hear(({ topic }) => topic === 'earshot/pi/microphone/caption');
  const late = (): Record<string, unknown>[] => messages.filter(({ topic }) => topic === lateTopic).map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
  await until(() => late().length >= 20);
  t.deepEqual(
    late().slice(0, 20),
    heard.map(({ level: _level, time: _time, msg: _msg, ...event }) => ({ event_type: 'late_caption', ...event, late: true })),
  );
  // Ids go on ascending: what is heard now is newer than all that was.
  t.true((JSON.parse(fresh.payload) as { id: string }).id > String(heard.at(-1)!['id']));
  second.child.kill('SIGTERM');
  const [code] = (await once(second.child, 'close')) as [number];
  t.is(code, 0);
  t.is(new Set(late().map(({ id }) => id)).size, late().length);
});
