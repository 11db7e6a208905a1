import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { tinyBundle } from '../helpers/tiny-bundle.js';
import { startListener } from './listener.js';
import { earshot, startEarshot, toneWav } from './run-earshot.js';

const sound = join(mkdtempSync(join(tmpdir(), 'earshot-start-')), 'tone.wav');
writeFileSync(sound, toneWav(1));
const tiny = ['--model', tinyBundle, '--set', 'window.hop_seconds=0.05', '--set', 'device.id=pi'];

test('it shows what a subscriber receives, from online to offline, though the usual port is taken', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const { stdout, stderr, code } = await earshot(['start', ...tiny, '--file', sound, '--set', `embedded_broker.port=${port}`]);
  t.is(code, 0, stderr);
  t.is(stderr, '');
  const messages = stdout.split('\n').filter((line) => line.startsWith('earshot/pi/'));
  t.is(messages[0], 'earshot/pi/status  online');
  t.is(messages.at(-1), 'earshot/pi/status  offline');
  t.is(messages.filter((line) => /^earshot\/pi\/file\/caption {2}\d\d:\d\d:\d\d-\d\d:\d\d:\d\d {2}[A-Z].* {2}\(\d+ %\)$/.test(line)).length, 20, stdout);
  t.notRegex(stdout, /To listen to a microphone/);
});

test('a microphone that is named is listened to, on the broker that is configured, until Ctrl-C', async (t) => {
  const { url, hear } = await startListener(t);
  const child = startEarshot(['start', ...tiny, '--broker', url, '--microphone', 'plughw:CARD=Fake'], { PATH: `${resolve('test/cli/fixtures/endless')}:${process.env['PATH']}` });
  t.teardown(() => child.kill('SIGKILL'));
  let stdout = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  const closed = once(child, 'close') as Promise<[number | null]>;
  await hear(({ topic }) => topic === 'earshot/pi/microphone/caption');
  child.kill('SIGINT');
  t.deepEqual((await closed)[0], 0);
  t.regex(stdout, new RegExp(`^MQTT messages as a subscriber of ${url} receives them:$`, 'm'));
  t.regex(stdout, /^earshot\/pi\/microphone\/caption {2}/m);
  t.regex(stdout, /^earshot\/pi\/status {2}offline$/m);
});

test('what is wrong with the configuration is told as everywhere', async (t) => {
  const { stderr, code } = await earshot(['start', '--microphone', 'x', '--broker', 'mqtt://me:hunter2@x']);
  t.is(code, 78);
  t.regex(stderr, /mqtt\.url: holds a user name or password.*\(flag --broker\)/);
  t.notRegex(stderr, /hunter2/);
});
