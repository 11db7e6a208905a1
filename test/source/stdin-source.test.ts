import { PassThrough, Readable } from 'node:stream';

import test from 'ava';
import fc from 'fast-check';

import { decodeRawPcm } from '../../daemon/source/raw-pcm.js';
import { createStdinSource } from '../../daemon/source/stdin-source.js';
import { hear } from './sound.js';

const never = new AbortController().signal;
const mono = { sampleRate: 32000, channels: 1 };
const ramp = Float32Array.from({ length: 1000 }, (_, i) => (i - 500) / 2 ** 15);
const rampBytes = Buffer.from(Int16Array.from({ length: 1000 }, (_, i) => i - 500).buffer);
const stdin = (input: Readable, format = mono) => createStdinSource({ name: 'pipe', input, format, sampleRate: 32000 });

function chunked(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let rest = bytes;
  for (const size of sizes) {
    chunks.push(rest.subarray(0, size));
    rest = rest.subarray(size);
  }
  return [...chunks, rest];
}

test('samples come out whole wherever the pipe cuts them', async (t) => {
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(99)), async (sizes) => {
    t.deepEqual((await hear(stdin(Readable.from(chunked(rampBytes, sizes))).stream(never))).samples, ramp);
  }));
});

test('half a sample at the end is dropped', async (t) => {
  const { samples, error } = await hear(stdin(Readable.from([rampBytes, Buffer.of(7)])).stream(never));
  t.deepEqual(samples, ramp);
  t.is(error, undefined);
});

test('full scale is -1 to just below 1', async (t) => {
  const bytes = Buffer.from(Int16Array.of(-32768, 32767).buffer);
  t.deepEqual((await hear(stdin(Readable.from([bytes])).stream(never))).samples, Float32Array.of(-1, 32767 / 32768));
});

test('interleaved channels are taken apart', async (t) => {
  const bytes = Readable.from([Buffer.from(Int16Array.of(16384, -8192, 0, 8192).buffer)]);
  for await (const { channels } of decodeRawPcm(bytes, { sampleRate: 8000, channels: 2 })) {
    t.deepEqual(channels, [Float32Array.of(0.5, 0), Float32Array.of(-0.25, 0.25)]);
  }
});

test('another rate than the wanted one is resampled', async (t) => {
  const { samples } = await hear(stdin(Readable.from([rampBytes]), { sampleRate: 16000, channels: 1 }).stream(never));
  t.is(samples.length, 2000);
});

test('an abort ends a pipe that delivers nothing', async (t) => {
  const abort = new AbortController();
  const heard = hear(stdin(new PassThrough()).stream(abort.signal));
  setImmediate(() => abort.abort());
  t.is((await heard).error, undefined);
});

test('a pipe that breaks is told', async (t) => {
  const input = new PassThrough();
  const heard = hear(stdin(input).stream(never));
  input.write(rampBytes, () => input.destroy(new Error('EIO')));
  const { error, samples } = await heard;
  t.like(error, { code: 'SOURCE_FAILED', message: 'standard input cannot be read: EIO' });
  t.true(samples.length === 0 || samples.length === 1000);
});
