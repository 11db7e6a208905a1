import type { AudioSource } from './audio-source.js';
import { decodeFile } from './decode/decode-file.js';
import { paceToLife, type Pacing } from './pace.js';

export interface FileSourceOptions {
  readonly name: string;
  /** A wav, flac, ogg, opus or mp3 file. */
  readonly path: string;
  /** The rate that samples are wanted at, in Hz. */
  readonly sampleRate: number;
  /** Begin again at the end, until aborted. A file that fails ends the loop. */
  readonly loop?: boolean;
  /** Time to play by; without it the file is read as fast as it is taken. */
  readonly pacing?: Pacing | undefined;
}

/** A recording, played through the very path that a microphone takes. */
export function createFileSource({ name, path, sampleRate, loop = false, pacing }: FileSourceOptions): AudioSource {
  async function* decode(signal: AbortSignal): AsyncGenerator<Float32Array, void> {
    do {
      for await (const samples of decodeFile(path, sampleRate)) {
        if (signal.aborted) return;
        yield samples;
      }
    } while (loop);
  }
  return {
    name,
    kind: 'file',
    isLive: false,
    stream: (signal) => (pacing === undefined ? decode(signal) : paceToLife(decode(signal), sampleRate, pacing, signal)),
  };
}
