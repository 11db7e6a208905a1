import type { Readable } from 'node:stream';

import type { AudioSource } from './audio-source.js';
import { toMonoAtRate } from './decode/to-mono-at-rate.js';
import { decodeRawPcm, type RawFormat } from './raw-pcm.js';
import { requireRaw } from './require-raw.js';
import { SourceError } from './source-error.js';

export interface StdinSourceOptions {
  readonly name: string;
  readonly input: Readable;
  readonly format: RawFormat;
  /** The rate that samples are wanted at, in Hz. */
  readonly sampleRate: number;
}

/**
 * Raw signed 16-bit little-endian samples from a pipe. It is not live: a writer that is faster than the model is
 * made to wait, and one that cannot wait, such as arecord, drops sound by itself.
 */
export function createStdinSource({ name, input, format, sampleRate }: StdinSourceOptions): AudioSource {
  return {
    name,
    kind: 'stdin',
    isLive: false,
    stream: (signal) => toMonoAtRate(decodeRawPcm(requireRaw(readUntilAborted(input, signal), 'standard input'), format), sampleRate),
  };
}

async function* readUntilAborted(input: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const stop = (): void => void input.destroy();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of input) yield chunk as Uint8Array;
  } catch (error) {
    if (signal.aborted) return;
    throw new SourceError({
      code: 'SOURCE_FAILED',
      message: `standard input cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'Pipe raw 16-bit samples into Earshot',
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
