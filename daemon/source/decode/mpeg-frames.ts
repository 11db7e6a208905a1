import type { ByteReader } from './byte-reader.js';
import { id3Length } from './detect-format.js';
import { readFrameHeader, type MpegHeader } from './mpeg-header.js';

export interface MpegFrame {
  readonly header: MpegHeader;
  readonly bytes: Uint8Array;
  /** Whether bytes that are neither frame nor tag lie between this frame and the one before. */
  readonly isBehindGap: boolean;
}

/**
 * The whole frames of MPEG audio, so that a decoder never sees anything else. Tags are passed over; behind a
 * gap a frame counts only when another of its kind follows.
 */
export async function* mpegFrames(reader: ByteReader): AsyncGenerator<MpegFrame, void> {
  let kindInStep: number | undefined;
  let hasBegun = false;
  let hasGap = false;

  for (;;) {
    const head = await reader.peek(10);
    if (head.length < 4) return;
    const tagLength = id3Length(head);
    if (tagLength > 0) {
      await reader.skip(tagLength);
      continue;
    }
    const header = readFrameHeader(head, 0);
    if (header !== undefined && (header.kind === kindInStep || (await isFollowed(reader, header)))) {
      const bytes = await reader.read(header.bytes);
      if (bytes.length < header.bytes) return;
      yield { header, bytes, isBehindGap: hasBegun && hasGap };
      kindInStep = header.kind;
      hasBegun = true;
      hasGap = false;
    } else {
      kindInStep = undefined;
      hasGap = true;
      await reader.skip(1);
    }
  }
}

async function isFollowed(reader: ByteReader, { bytes, kind }: MpegHeader): Promise<boolean> {
  return readFrameHeader(await reader.peek(bytes + 4), bytes)?.kind === kind;
}
