import type { Readable } from 'node:stream';

const MAX_KEPT = 16_384;
const MAX_TOLD = 300;
/** V8 and C++ say why they give up in one line among many of stack. */
const telling = /fatal error|terminate called|what\(\)|error:/i;

/**
 * Reads what a process writes until it is gone, and resolves to the line of it that says most about its end. A process
 * that no descriptor was left for has no stream, against its type.
 */
export async function readLastWords(stream: Readable | null | undefined): Promise<string> {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-MAX_KEPT);
  });
  await new Promise<void>((resolve) => {
    if (stream === null || stream === undefined) resolve();
    else stream.once('close', resolve);
  });
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((each) => telling.test(each)) ?? lines.at(-1) ?? '';
  return line.trim().slice(0, MAX_TOLD);
}
