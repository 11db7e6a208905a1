import { readdirSync } from 'node:fs';
import { inspect } from 'node:util';

import test from 'ava';

import { wavBytes } from '../../daemon/bench/wav-bytes.js';
import { createCommandSource } from '../../daemon/source/command-source.js';
import { createManualTimers } from '../helpers/manual-timers.js';
import { hear, writeSound } from './sound.js';

const bytes = Buffer.from(Int16Array.from({ length: 500 }, (_, i) => i * 2).buffer);
const recording = writeSound('command.raw', bytes);
const never = new AbortController().signal;
const source = (...command: string[]) =>
  createCommandSource({ name: 'camera', command, format: { sampleRate: 16000, channels: 1 }, sampleRate: 16000, timers: createManualTimers() });

test('what a program writes is heard, and its end is told, for capture has none', async (t) => {
  const { samples, error } = await hear(source('cat', recording).stream(never));
  t.deepEqual(samples, Float32Array.from({ length: 500 }, (_, i) => (i * 2) / 2 ** 15));
  t.like(error, { code: 'SOURCE_ENDED', message: 'cat ended with exit code 0' });
});

test('channels and rate of a program are converted', async (t) => {
  const stereo = createCommandSource({ name: 'camera', command: ['cat', recording], format: { sampleRate: 8000, channels: 2 }, sampleRate: 16000, timers: createManualTimers() });
  t.is((await hear(stereo.stream(never))).samples.length, 500);
});

test('a program is live, and called by its name', (t) => {
  t.like(source('cat'), { name: 'camera', kind: 'command', isLive: true });
});

test('the last thing a program says before it fails is told, without the password in it', async (t) => {
  const { error } = await hear(source('node', '-e', 'console.error("opening\\nrtsp://cam:secret@10.0.0.5/audio: Connection refused"); process.exit(3)').stream(never));
  t.like(error, { code: 'SOURCE_ENDED', message: 'node ended with exit code 3 (rtsp://***@10.0.0.5/audio: Connection refused)' });
});

test('no password of an address reaches an error, wherever the address holds it', async (t) => {
  const addresses = [
    'rtsp://cam:se/cret@10.0.0.5/audio',
    'rtsp://cam:se@cret@10.0.0.5:554/audio?channel=1',
    'http://10.0.0.5/stream?user=cam&pwd=secret',
    'RTSPS://cam:secret@[fe80::1]/audio',
  ];
  for (const address of addresses) {
    const { error } = await hear(source('node', '-e', `console.error("[in#0 @ 0x55] Error opening ${address}: timed out"); process.exit(1)`).stream(never));
    t.notRegex((error as Error).message, /se.?cret|cam/);
    t.regex((error as Error).message, /timed out|\*\*\*/);
  }
  const { error } = await hear(source('no-such-program', 'rtsp://cam:secret@10.0.0.5').stream(never));
  t.notRegex(inspect(error, { depth: 9 }), /secret/);
});

test('a program that writes a sound file instead of samples is told so', async (t) => {
  const wav = writeSound('command.wav', wavBytes([new Float32Array(100)]));
  t.like((await hear(source('cat', wav).stream(never))).error, { code: 'SOURCE_UNSUPPORTED', message: 'cat delivers wav, not raw samples' });
});

test('a program that is not there, or not executable, is told', async (t) => {
  t.like((await hear(source('no-such-program').stream(never))).error, { code: 'SOURCE_COMMAND_MISSING', message: 'no-such-program is not installed' });
  t.like((await hear(source(recording).stream(never))).error, { code: 'SOURCE_PERMISSION', message: `${recording} may not be executed` });
});

test('nothing of a command is taken for shell', async (t) => {
  const { error } = await hear(source('cat', '$(touch /tmp/never); /nowhere').stream(never));
  t.like(error, { code: 'SOURCE_ENDED' });
  t.false(readdirSync('/tmp').includes('never'));
});

test('a program that delivers nothing is given up', async (t) => {
  const timers = createManualTimers();
  const silent = createCommandSource({ name: 'camera', command: ['sleep', '1000'], format: { sampleRate: 16000, channels: 1 }, sampleRate: 16000, timers });
  const heard = hear(silent.stream(never));
  await timers.fire(15_000);
  t.like((await heard).error, { code: 'SOURCE_STALLED', message: 'sleep has delivered no sound for 15 s' });
});

test('a program that floods its standard error stays in bounds', async (t) => {
  const flood = 'for (let i = 0; i < 2e4; i++) process.stderr.write("x".repeat(300) + "\\r"); process.stderr.write("y".repeat(1e6))';
  const { error } = await hear(source('node', '-e', flood).stream(never));
  t.like(error, { code: 'SOURCE_ENDED' });
  t.true((error as Error).message.length < 600);
});
