import { createByteReader } from './byte-reader.js';
import { AudioDamage, type DecodedBlock } from './decoder.js';
import { describeSeconds } from './describe-seconds.js';
import { readWavHeader, type WavHeader } from './wav-header.js';

type ReadSample = (view: DataView, offset: number) => number;

/** By encoding and bytes a sample; all little-endian, full scale to [-1, 1]. */
const sampleReaders: Record<string, ReadSample> = {
  integer1: (view, offset) => (view.getUint8(offset) - 128) / 2 ** 7,
  integer2: (view, offset) => view.getInt16(offset, true) / 2 ** 15,
  integer3: (view, offset) => (view.getInt16(offset + 1, true) * 2 ** 8 + view.getUint8(offset)) / 2 ** 23,
  integer4: (view, offset) => view.getInt32(offset, true) / 2 ** 31,
  float4: (view, offset) => finite(view.getFloat32(offset, true)),
  float8: (view, offset) => finite(view.getFloat64(offset, true)),
};

/** WAV with integer samples of 8 to 32 bits or floating-point samples; RIFF, RF64 and BW64. */
export async function* decodeWav(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DecodedBlock, void> {
  const reader = createByteReader(bytes);
  const header = await readWavHeader(reader);
  const frameBytes = header.channels * header.sampleBytes;
  const blockBytes = frameBytes * Math.max(1, Math.floor(32768 / frameBytes));
  let left = header.dataBytes;
  while (left > 0) {
    const block = await reader.read(Math.min(blockBytes, left));
    left -= block.length;
    if (block.length >= frameBytes) yield toBlock(block, header);
    if (block.length < blockBytes) break;
  }
  if (left > 0 && left !== Infinity) {
    const frames = (count: number) => describeSeconds(count / frameBytes, header.sampleRate);
    throw new AudioDamage(`ends early: ${frames(header.dataBytes - left)} of ${frames(header.dataBytes)} are there`);
  }
}

function toBlock(bytes: Uint8Array, { encoding, channels, sampleBytes, sampleRate }: WavHeader): DecodedBlock {
  const read = sampleReaders[`${encoding}${sampleBytes}`]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Math.floor(bytes.length / (channels * sampleBytes));
  return {
    sampleRate,
    channels: Array.from({ length: channels }, (_, channel) => {
      const samples = new Float32Array(length);
      for (let i = 0; i < length; i += 1) samples[i] = read(view, (i * channels + channel) * sampleBytes);
      return samples;
    }),
  };
}

/** A NaN would live on in every sum behind it. */
function finite(sample: number): number {
  return Number.isFinite(sample) ? sample : 0;
}
