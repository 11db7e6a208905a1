import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import test from 'ava';

import { keepListening } from '../../daemon/source/keep-listening.js';
import { createMicrophoneSource } from '../../daemon/source/microphone-source.js';
import { SourceError, type SourceErrorCode } from '../../daemon/source/source-error.js';
import { createManualTimers } from '../helpers/manual-timers.js';
import { concatenate, hear } from './sound.js';

const fakeFolder = fileURLToPath(new URL('../../../test/fixtures/arecord/', import.meta.url));
const pathWithFake = `${fakeFolder}:${process.env.PATH}`;
const exhausted = fileURLToPath(new URL('./fixtures/exhausted-capture.js', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'earshot-microphone-'));
const ramp = Float32Array.from({ length: 16000 }, (_, i) => (i + 1) / 2 ** 15);
const device = 'plughw:CARD=Nope';

interface FakeRun {
  readonly pid: number;
  readonly locale: string;
  readonly args: readonly string[];
}

/** A microphone whose arecord behaves as `mode` says; see test/fixtures/arecord/fake-arecord.mjs. */
function fake(mode: string, options: { readonly onOverrun?: () => void } = {}) {
  const log = path.join(folder, `${mode}-${Math.random()}.log`);
  Object.assign(process.env, { PATH: pathWithFake, FAKE_ARECORD: mode, FAKE_ARECORD_LOG: log });
  const timers = createManualTimers();
  const abort = new AbortController();
  const source = createMicrophoneSource({ name: 'kitchen', device, sampleRate: 16000, timers, ...options });
  const run = async (): Promise<FakeRun> => {
    while (!existsSync(log) || !readFileSync(log, 'utf8').includes('\n')) await nextTurn();
    return JSON.parse(readFileSync(log, 'utf8')) as FakeRun;
  };
  return { source, timers, abort, run };
}

/** Takes sound until all of the ramp is there. */
async function takeRamp(stream: AsyncIterator<Float32Array>): Promise<Float32Array> {
  const chunks: Float32Array[] = [];
  for (let length = 0; length < ramp.length; length += chunks.at(-1)!.length) {
    const { value } = (await stream.next()) as IteratorYieldResult<Float32Array>;
    chunks.push(value);
  }
  return concatenate(chunks);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

for (const mode of ['plays', 'odd']) {
  test.serial(`all sound comes in from its first sample on, and an abort leaves no process behind (${mode})`, async (t) => {
    const { source, abort, run } = fake(mode);
    const stream = source.stream(abort.signal)[Symbol.asyncIterator]();
    t.deepEqual(await takeRamp(stream), ramp);
    const { pid, args, locale } = await run();
    t.deepEqual(args, ['-D', device, '-q', '-r', '16000', '-c', '1', '-t', 'raw', '-f', 'S16_LE', '-']);
    t.is(locale, 'C');
    t.true(isAlive(pid));
    abort.abort();
    t.deepEqual(await stream.next(), { done: true, value: undefined });
    t.false(isAlive(pid));
  });
}

test.serial('arecord hears of no locale but its own', async (t) => {
  const before = process.env.LC_ALL;
  process.env.LC_ALL = 'de_DE.UTF-8';
  const { source, abort, run } = fake('plays');
  const stream = source.stream(abort.signal)[Symbol.asyncIterator]();
  await stream.next();
  t.is((await run()).locale, 'C');
  t.is(process.env.LC_ALL, 'de_DE.UTF-8');
  abort.abort();
  while ((await stream.next()).done !== true);
  if (before === undefined) delete process.env.LC_ALL;
  else process.env.LC_ALL = before;
});

test.serial('what came in before arecord was lost is not lost with it, however late it is taken', async (t) => {
  const { source, abort, run } = fake('ends');
  const stream = source.stream(abort.signal)[Symbol.asyncIterator]();
  const first = await stream.next();
  const { pid } = await run();
  while (isAlive(pid)) await nextTurn();
  const rest = await hear({ [Symbol.asyncIterator]: () => stream });
  t.deepEqual(concatenate([first.value as Float32Array, rest.samples]), ramp);
  t.like(rest.error, { code: 'SOURCE_ENDED' });
});

test.serial('a reader that goes away takes arecord with it', async (t) => {
  const { source, abort, run } = fake('plays');
  for await (const _ of source.stream(abort.signal)) break;
  t.false(isAlive((await run()).pid));
});

const failures: readonly (readonly [mode: string, code: SourceErrorCode, message: RegExp])[] = [
  ['ends', 'SOURCE_ENDED', /^microphone plughw:CARD=Nope was lost: arecord exited with code 0$/],
  ['unplugged', 'SOURCE_DEVICE_MISSING', /^microphone plughw:CARD=Nope is not there \(arecord: read error: No such device\)$/],
  ['missing', 'SOURCE_DEVICE_MISSING', /^microphone plughw:CARD=Nope is not there \(arecord: audio open error: No such device\)$/],
  ['busy', 'SOURCE_DEVICE_BUSY', /is in use by another program \(arecord: audio open error: Device or resource busy\)$/],
  ['forbidden', 'SOURCE_PERMISSION', /may not be opened/],
  ['hw', 'SOURCE_FAILED', /does not deliver mono 16-bit sound/],
  ['rate', 'SOURCE_WRONG_RATE', /^microphone plughw:CARD=Nope delivers 48000 Hz instead of 16000 Hz$/],
  ['crashes', 'SOURCE_ENDED', /was lost: arecord was ended by SIGKILL$/],
];
for (const [mode, code, message] of failures) {
  test.serial(`arecord that does this: ${mode}, is told as ${code}`, async (t) => {
    const { source, abort } = fake(mode);
    const { error } = await hear(source.stream(abort.signal));
    t.true(error instanceof SourceError);
    t.is((error as SourceError).code, code);
    t.regex((error as SourceError).message, message);
    t.true((error as SourceError).remedy.length > 10);
  });
}

test.serial('a card that is addressed by its number is better named', async (t) => {
  Object.assign(process.env, { PATH: pathWithFake, FAKE_ARECORD: 'missing' });
  const source = createMicrophoneSource({ name: 'kitchen', device: 'plughw:1,0', sampleRate: 16000, timers: createManualTimers() });
  const { error } = await hear(source.stream(new AbortController().signal));
  t.like(error, { code: 'SOURCE_DEVICE_MISSING' });
  t.regex((error as SourceError).remedy, /Cards are numbered anew when they are plugged in: name it by its name$/);
});

test.serial('arecord that is not installed is told, with how to install it', async (t) => {
  const { source, abort } = fake('plays');
  process.env.PATH = folder;
  const { error } = await hear(source.stream(abort.signal));
  t.like(error, { code: 'SOURCE_COMMAND_MISSING', message: 'arecord is not installed', remedy: 'Install it: sudo apt-get install alsa-utils' });
});

test.serial('arecord that finds no descriptor left is told, and started when there are some again', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [exhausted], { env: { ...process.env, PATH: pathWithFake, FAKE_ARECORD: 'plays' } });
  t.deepEqual(stdout.trim().split('\n'), [
    'microphone: SOURCE_NO_RESOURCES arecord cannot be started: the machine is out of memory, processes or open files (EMFILE)',
    'command: SOURCE_NO_RESOURCES cat cannot be started: the machine is out of memory, processes or open files (EMFILE)',
    'microphone: heard',
  ]);
});

test.serial('a microphone that delivers nothing is given up, and its arecord ended', async (t) => {
  const { source, abort, timers, run } = fake('stalls');
  const heard = hear(source.stream(abort.signal));
  const { pid } = await run();
  await timers.fire(5000);
  t.like((await heard).error, { code: 'SOURCE_STALLED', message: 'microphone plughw:CARD=Nope has delivered nothing for 5 s' });
  t.false(isAlive(pid));
});

test.serial('a microphone that falls silent in mid-stream is given up', async (t) => {
  const { source, abort, timers } = fake('plays');
  const stream = source.stream(abort.signal)[Symbol.asyncIterator]();
  t.deepEqual(await takeRamp(stream), ramp);
  const next = stream.next();
  await timers.fire(5000);
  await t.throwsAsync(next, { code: 'SOURCE_STALLED' });
});

test.serial('arecord that does not obey is ended all the same', async (t) => {
  const { source, abort, timers, run } = fake('stubborn');
  const stream = source.stream(abort.signal)[Symbol.asyncIterator]();
  await takeRamp(stream);
  const { pid } = await run();
  abort.abort();
  const ended = stream.next();
  await timers.fire(2000);
  t.deepEqual(await ended, { done: true, value: undefined });
  t.false(isAlive(pid));
});

test.serial('an abort ends arecord even when nobody reads on', async (t) => {
  const { source, abort, run } = fake('plays');
  await source.stream(abort.signal)[Symbol.asyncIterator]().next();
  const { pid } = await run();
  abort.abort();
  while (isAlive(pid)) await nextTurn();
  t.pass();
});

test.serial('an abort before the beginning starts nothing', async (t) => {
  const { source, abort } = fake('plays');
  abort.abort();
  t.deepEqual(await hear(source.stream(abort.signal)), { samples: new Float32Array(0), chunks: 0, error: undefined });
});

test.serial('a device that does not convert is refused, with the one that does', async (t) => {
  const source = createMicrophoneSource({ name: 'kitchen', device: 'hw:CARD=Nope', sampleRate: 16000, timers: createManualTimers() });
  const { error } = await hear(source.stream(new AbortController().signal));
  t.like(error, { code: 'SOURCE_UNSUPPORTED', remedy: 'Name it plughw:CARD=Nope, so that ALSA converts' });
});

test.serial('overruns are counted, and told each time', async (t) => {
  let overruns = 0;
  const { source, abort } = fake('overruns', { onOverrun: () => (overruns += 1) });
  const stream = source.stream(abort.signal)[Symbol.asyncIterator]();
  t.deepEqual(await takeRamp(stream), ramp);
  while (overruns < 2) await nextTurn();
  abort.abort();
  t.true((await stream.next()).done);
  t.is(overruns, 2);
  t.is(source.overruns?.(), 2);
});

test.serial('a microphone that goes, is busy and comes back is heard again', async (t) => {
  process.env.FAKE_ARECORD_STATE = path.join(folder, 'has-played');
  const { source, abort, timers } = fake('once');
  const told: string[] = [];
  const kept = keepListening(source, {
    sampleRate: 16000, clock: { elapsed: () => 0 }, timers, random: () => 1,
    onState: (state, reason) => told.push(reason instanceof SourceError ? `${state} ${reason.code}` : state),
    onGap: () => told.push('gap'),
  });
  const stream = kept.stream(abort.signal)[Symbol.asyncIterator]();
  t.deepEqual(await takeRamp(stream), ramp);
  const next = takeRamp(stream);
  await timers.fire(1000);
  await timers.asking(2000);
  process.env.FAKE_ARECORD = 'plays';
  await timers.fire(2000);
  t.deepEqual(await next, ramp);
  t.deepEqual(told, ['listening', 'recovering SOURCE_ENDED', 'recovering SOURCE_DEVICE_BUSY', 'gap', 'listening']);
  abort.abort();
  t.true((await stream.next()).done);
});
