/**
 * Writes a sound file again and again into one long 16-bit mono wav, to measure on.
 *
 *     node dist/daemon/bench/repeat-sound.js FILE SECONDS OUT.wav
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { decodeFile } from '../source/decode/decode-file.js';
import { wavHeader } from './wav-bytes.js';

const sampleRate = 32_000;
const [file = '', seconds = '0', out = ''] = process.argv.slice(2);
const samples = Math.round(Number(seconds) * sampleRate);

await pipeline(Readable.from(wav()), createWriteStream(out));

async function* wav(): AsyncGenerator<Buffer> {
  yield wavHeader(samples * 2, { sampleRate });
  for (let left = samples; left > 0; ) {
    for await (const chunk of decodeFile(file, sampleRate)) {
      yield toInt16(chunk.subarray(0, left));
      left -= Math.min(left, chunk.length);
      if (left === 0) break;
    }
  }
}

function toInt16(chunk: Float32Array): Buffer {
  const bytes = Buffer.alloc(chunk.length * 2);
  chunk.forEach((sample, at) => bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32767), at * 2));
  return bytes;
}
