import test from 'ava';

import { wavBytes } from '../../daemon/bench/wav-bytes.js';
import { requireRaw } from '../../daemon/source/require-raw.js';
import { SourceError } from '../../daemon/source/source-error.js';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('raw samples pass as they are, however they are cut', async (t) => {
  const bytes = Buffer.from(Int16Array.from({ length: 100 }, (_, i) => i * 300).buffer);
  for (const size of [1, 7, 12, 1000]) t.deepEqual(await collect(requireRaw(inChunks(bytes, size), 'ffmpeg')), bytes);
  for (const length of [0, 1, 11]) t.deepEqual(await collect(requireRaw(inChunks(bytes.subarray(0, length), 3), 'ffmpeg')), bytes.subarray(0, length));
});

test('a sound file is told from raw samples, and how to mend it', async (t) => {
  const files: Record<string, Uint8Array> = {
    wav: wavBytes([new Float32Array(100)]),
    flac: Buffer.from('fLaC\0\0\0\x22........'),
    ogg: Buffer.from('OggS............'),
    'WebM or Matroska': Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0, 0, 0, 0, 0, 0, 0, 0]),
  };
  for (const [name, bytes] of Object.entries(files)) {
    for (const size of [1, 1000]) {
      const error = await t.throwsAsync(collect(requireRaw(inChunks(bytes, size), 'ffmpeg')), { instanceOf: SourceError });
      t.is(error.message, `ffmpeg delivers ${name}, not raw samples`);
      t.regex(error.remedy, /-f s16le/);
    }
  }
});
