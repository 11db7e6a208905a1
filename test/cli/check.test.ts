import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { tinyBundle } from '../helpers/tiny-bundle.js';
import { startListener } from './listener.js';
import { earshot, toneWav } from './run-earshot.js';

const folder = mkdtempSync(join(tmpdir(), 'earshot-check-'));
const tiny = ['--model', tinyBundle, '--set', 'window.hop_seconds=0.05'];
const withArecord = (name: string) => ({ PATH: `${resolve('test/cli/fixtures', name)}:${process.env['PATH']}` });

test('where all is right it says so of each and succeeds', async (t) => {
  const { url } = await startListener(t);
  const { stdout, code } = await earshot(['check', ...tiny, '--broker', url, '--microphone', 'x'], withArecord('endless'));
  t.is(code, 0, stdout);
  const lines = stdout.trim().split('\n');
  t.is(lines.length, 4);
  t.regex(lines[0]!, /^ok +configuration +/);
  t.regex(lines[1]!, /^ok +model +tiny: windows of 0\.075 s, a caption takes \d+ ms here/);
  t.regex(lines[2]!, /^ok +source +microphone delivers sound, -\d dB/);
  t.regex(lines[3]!, /^ok +broker +mqtt:\/\/127\.0\.0\.1:\d+ takes us, in MQTT 3\.1\.1$/);
});

test('each wrong thing is named with its remedy, and the others are still looked at', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const { stdout, code } = await earshot(['check', '--model', folder, '--microphone', 'plughw:CARD=Gone', '--set', `embedded_broker.port=${port}`], withArecord('unplugged'));
  t.is(code, 1);
  t.regex(stdout, /^ok +configuration +/m);
  t.regex(stdout, /^WRONG +model +.*manifest\.json/m);
  t.regex(stdout, /^WRONG +source +.*plughw:CARD=Gone is not there.*earshot devices/m);
  t.regex(stdout, /^WRONG +broker +.*another program does.*mqtt\.url/m);
});

test('a configuration that is wrong is told in full; there is nothing else to look at then', async (t) => {
  const file = join(folder, 'earshot.yaml');
  writeFileSync(file, 'mqtt:\n  port: 1\nlog:\n  level: loud\n');
  const { stdout, code } = await earshot(['check', '--config', file]);
  t.is(code, 1);
  t.regex(stdout, /^WRONG +configuration +.*2 errors:/m);
  t.regex(stdout, /mqtt\.port: there is no such key; did you mean embedded_broker\.port\? \(.*earshot\.yaml:2\)/);
  t.regex(stdout, /log\.level: found "loud"/);
});

test('a microphone that delivers nothing but zeros is not passed off as a quiet room', async (t) => {
  const { stdout, code } = await earshot(['check', ...tiny, '--set', 'source.command=cat /dev/zero', '--set', 'embedded_broker.port=1'], {});
  t.is(code, 1);
  t.regex(stdout, /^WRONG +source +.*nothing but zeros.*alsamixer/m);
});

test('a file is read as far as it takes', async (t) => {
  const file = join(folder, 'tone.wav');
  writeFileSync(file, toneWav(0.2));
  const { stdout } = await earshot(['check', ...tiny, '--file', file]);
  t.regex(stdout, /^ok +source +file delivers sound, -1\d dB/m);
});
