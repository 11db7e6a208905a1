import type { Writable } from 'node:stream';

/** Where commands write. */
export interface Output {
  /** Resolves when the line is on its way, so that a slow reader slows the command and memory stays flat. */
  line(text: string): Promise<void>;
}

/** Lines on a stream. Where the reader has gone, as in `earshot caption ... | head -1`, `onGone` is called. */
export function createOutput(stream: Writable, onGone: () => void): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    onGone();
  });
  return {
    line: (text) =>
      new Promise((resolve) => {
        // An error is the stream's to tell, once; nothing that waits for this line may hang on it.
        stream.write(`${text}\n`, () => resolve());
      }),
  };
}
