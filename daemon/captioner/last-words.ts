import type { Readable } from 'node:stream';

/** The end of what a process has written, in one line. */
export interface LastWords {
  read(): string;
}

const MAX_CHARACTERS = 500;

/** Reads a stream to its end and keeps its last characters. */
export function createLastWords(stream: Readable | null): LastWords {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-MAX_CHARACTERS);
  });
  return { read: () => text.trim().replaceAll(/\s+/g, ' ') };
}
