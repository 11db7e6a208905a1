import type { DecodedBlock } from './decode/decoder.js';

export interface RawFormat {
  /** In Hz. */
  readonly sampleRate: number;
  /** Interleaved. */
  readonly channels: number;
}

const sampleBytes = 2;

/** Raw signed 16-bit little-endian samples, in chunks that may end anywhere. Half a sample at the very end is dropped. */
export async function* decodeRawPcm(bytes: AsyncIterable<Uint8Array>, { sampleRate, channels }: RawFormat): AsyncGenerator<DecodedBlock, void> {
  const frameBytes = channels * sampleBytes;
  let remainder: Uint8Array = new Uint8Array(0);
  for await (const chunk of bytes) {
    const joined = remainder.length === 0 ? chunk : Buffer.concat([remainder, chunk]);
    const frames = Math.floor(joined.length / frameBytes);
    if (frames > 0) yield { sampleRate, channels: split(joined, frames, channels) };
    remainder = joined.subarray(frames * frameBytes);
  }
}

function split(bytes: Uint8Array, frames: number, channels: number): Float32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(frames);
    for (let i = 0; i < frames; i += 1) samples[i] = view.getInt16((i * channels + channel) * sampleBytes, true) / 2 ** 15;
    return samples;
  });
}
