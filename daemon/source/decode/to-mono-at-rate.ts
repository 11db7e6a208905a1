import { UnsupportedAudio, type DecodedBlock } from './decoder.js';
import { mixToMono } from './mix-to-mono.js';
import { createResampler, sampleRateLimits, type Resampler } from './resample.js';

/** Longest stretch that is resampled in one go, in samples before resampling. */
const stretch = 8192;

/** Mixes decoded blocks down and resamples them; the blocks' own rate may change on the way. Passes errors on behind the last sample. */
export async function* toMonoAtRate(blocks: AsyncIterable<DecodedBlock>, sampleRate: number): AsyncGenerator<Float32Array, void> {
  let resampler: Resampler | undefined;
  let rate: number | undefined;
  let failure: { readonly error: unknown } | undefined;

  const source = blocks[Symbol.asyncIterator]();
  const nextBlock = async (): Promise<DecodedBlock | undefined> => {
    try {
      const next = await source.next();
      return next.done === true ? undefined : next.value;
    } catch (error) {
      failure = { error };
      return undefined;
    }
  };
  const flush = function* (): Generator<Float32Array, void> {
    const last = resampler?.flush();
    if (last !== undefined && last.length > 0) yield last;
    resampler?.close();
    resampler = undefined;
  };

  try {
    for (let block = await nextBlock(); block !== undefined; block = await nextBlock()) {
      if (block.sampleRate !== rate) {
        yield* flush();
        rate = block.sampleRate;
        requireRate(rate);
        resampler = await createResampler(rate, sampleRate);
      }
      const mono = mixToMono(block.channels);
      for (let from = 0; from < mono.length; from += stretch) {
        const samples = resampler!.push(mono.subarray(from, from + stretch));
        if (samples.length > 0) yield samples;
      }
    }
    yield* flush();
  } finally {
    resampler?.close();
    await source.return?.();
  }
  if (failure !== undefined) throw failure.error;
}

function requireRate(rate: number): void {
  const { lowest, highest } = sampleRateLimits;
  if (rate < lowest || rate > highest) throw new UnsupportedAudio(`sampled at ${rate} Hz (${lowest} to ${highest} Hz are possible)`);
}
