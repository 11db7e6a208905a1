import test from 'ava';

import { wavBytes } from '../../daemon/bench/wav-bytes.js';
import { createFileSource } from '../../daemon/source/file-source.js';
import { hear, tone, writeSound } from './sound.js';
import { createVirtualTime } from './virtual-time.js';

const sampleRate = 32000;
const samples = tone({ seconds: 0.35 });
const path = writeSound('file-source.wav', wavBytes([samples], { encoding: 'float', bits: 32 }));
const never = new AbortController().signal;

test('a file without pacing is read as fast as it is taken', async (t) => {
  const source = createFileSource({ name: 'garden', path, sampleRate });
  t.deepEqual({ name: source.name, kind: source.kind, isLive: source.isLive }, { name: 'garden', kind: 'file', isLive: false });
  t.deepEqual((await hear(source.stream(never))).samples, samples);
});

test('a paced file comes in stretches of a tenth of a second at most, each when it would just have been heard', async (t) => {
  const time = createVirtualTime();
  const times: number[] = [];
  const heard = hear((async function* () {
    for await (const chunk of createFileSource({ name: 'garden', path, sampleRate, pacing: { clock: time, timers: time } }).stream(never)) {
      times.push(Math.round(time.elapsed()));
      yield chunk;
    }
  })());
  t.deepEqual((await heard).samples, samples);
  t.deepEqual(times, [100, 200, 256, 350]);
});

test('a paced file whose reader was slow catches up and is in time again', async (t) => {
  const time = createVirtualTime();
  const times: number[] = [];
  for await (const _ of createFileSource({ name: 'garden', path, sampleRate, pacing: { clock: time, timers: time } }).stream(never)) {
    times.push(Math.round(time.elapsed()));
    if (times.length === 1) await new Promise<void>((resolve) => time.after(150, resolve));
  }
  t.deepEqual(times, [100, 250, 256, 350]);
});

test('a file that loops begins again at its end, until aborted', async (t) => {
  const abort = new AbortController();
  let length = 0;
  for await (const chunk of createFileSource({ name: 'garden', path, sampleRate, loop: true }).stream(abort.signal)) {
    length += chunk.length;
    if (length >= 3 * samples.length) abort.abort();
  }
  t.is(length, 3 * samples.length);
});

test('an abort while a paced file waits ends it', async (t) => {
  const abort = new AbortController();
  const timers = { after: () => () => undefined };
  const stream = createFileSource({ name: 'garden', path, sampleRate, pacing: { clock: { elapsed: () => 0 }, timers } }).stream(abort.signal);
  const next = stream[Symbol.asyncIterator]().next();
  setImmediate(() => abort.abort());
  t.deepEqual(await next, { done: true, value: undefined });
});

test('a file that cannot be read says so instead of looping', async (t) => {
  const { error } = await hear(createFileSource({ name: 'garden', path: '/nowhere.wav', sampleRate, loop: true }).stream(never));
  t.like(error, { code: 'SOURCE_NOT_FOUND' });
});
