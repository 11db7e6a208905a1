import { detectFormat } from './decode/detect-format.js';
import { SourceError } from './source-error.js';

/** So many bytes tell a format that has a header. */
const headBytes = 12;

/**
 * Passes bytes on as they are; throws a `SourceError` where they begin as those of a sound file do, which taken for
 * samples would be a noise that is put into words. `from` says where they come from.
 */
export async function* requireRaw(bytes: AsyncIterable<Uint8Array>, from: string): AsyncGenerator<Uint8Array, void> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of bytes) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < headBytes) continue;
    refuseFile(head.subarray(0, headBytes), from);
    yield head;
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

function refuseFile(head: Uint8Array, from: string): void {
  const format = detectFormat(head);
  if (format === undefined) return;
  throw new SourceError({
    code: 'SOURCE_UNSUPPORTED',
    message: `${from} delivers ${typeof format === 'string' ? format : format.foreign}, not raw samples`,
    remedy: 'Let it write raw signed 16-bit little-endian samples: `arecord -t raw -f S16_LE`, `ffmpeg ... -f s16le -`, `pw-record --format=s16 -`',
  });
}
