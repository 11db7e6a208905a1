import type { ByteReader } from './byte-reader.js';
import { oggChecksum } from './ogg-checksum.js';

/** One page of an Ogg stream (RFC 3533 section 6). */
export interface OggPage {
  /** The page as it stands in the file. */
  readonly bytes: Uint8Array;
  /** What follows the page's header. */
  readonly body: Uint8Array;
  /** Which of the streams in the file it belongs to. */
  readonly serial: number;
  readonly sequence: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

const headerBytes = 27;
const capturePattern = 0x4f676753;

/** The sound pages of an Ogg file, so that a decoder never sees anything else. */
export async function* oggPages(reader: ByteReader): AsyncGenerator<OggPage, void> {
  for (;;) {
    const head = await reader.peek(headerBytes);
    if (head.length < headerBytes) return;
    const page = (await readPage(reader, head)) ?? undefined;
    if (page === undefined) {
      await reader.skip(1);
    } else {
      yield page;
      await reader.skip(page.bytes.length);
    }
  }
}

async function readPage(reader: ByteReader, head: Uint8Array): Promise<OggPage | undefined> {
  const header = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (header.getUint32(0) !== capturePattern) return undefined;
  const bodyStart = headerBytes + header.getUint8(26);
  const lacing = (await reader.peek(bodyStart)).subarray(headerBytes);
  const length = lacing.reduce((sum, segment) => sum + segment, bodyStart);
  const bytes = await reader.peek(length);
  if (bytes.length < length || oggChecksum(bytes) !== header.getUint32(22, true)) return undefined;
  const flags = header.getUint8(5);
  return {
    bytes,
    body: bytes.subarray(bodyStart),
    serial: header.getUint32(14, true),
    sequence: header.getUint32(18, true),
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
  };
}
