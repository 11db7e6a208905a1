/** What the four bytes of header tell of a frame of MPEG audio (ISO 11172-3, 13818-3). */
export interface MpegHeader {
  /** Length with its header. */
  readonly bytes: number;
  readonly samples: number;
  readonly sampleRate: number;
  /** Version, layer and sample rate: what stays the same from frame to frame. */
  readonly kind: number;
  /** Bytes of header and side information in front of what layer III keeps in a frame. */
  readonly dataOffset: number;
}

// Bitrates in kbit/s by bitrate index 1 to 14.
const bitrates = {
  v1l1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  v1l2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  v1l3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  v2l1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  v2l23: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const sampleRates = [44100, 48000, 32000];
/** By the two bits of the version: 2.5, reserved, 2, 1. */
const rateDivisors = [4, 0, 2, 1];

/** Reads the header at `offset`; undefined where there is none. Free-format streams are not told. */
export function readFrameHeader(bytes: Uint8Array, offset: number): MpegHeader | undefined {
  if (offset + 4 > bytes.length || bytes[offset] !== 0xff) return undefined;
  const [, b1, b2, b3] = bytes.subarray(offset, offset + 4) as unknown as [number, number, number, number];
  const divisor = rateDivisors[(b1 >> 3) & 3]!;
  const layer = 4 - ((b1 >> 1) & 3);
  const baseRate = sampleRates[(b2 >> 2) & 3];
  if ((b1 & 0xe0) !== 0xe0 || divisor === 0 || layer === 4 || baseRate === undefined) return undefined;

  const isV1 = divisor === 1;
  const table = isV1 ? (['v1l1', 'v1l2', 'v1l3'] as const)[layer - 1]! : layer === 1 ? 'v2l1' : 'v2l23';
  const kilobits = bitrates[table][(b2 >> 4) - 1];
  if (kilobits === undefined) return undefined;

  const sampleRate = baseRate / divisor;
  const padding = (b2 >> 1) & 1;
  const samples = layer === 1 ? 384 : layer === 3 && !isV1 ? 576 : 1152;
  const bytesLong = layer === 1
    ? (Math.floor((12 * kilobits * 1000) / sampleRate) + padding) * 4
    : Math.floor(((samples / 8) * kilobits * 1000) / sampleRate) + padding;
  const isMono = b3 >> 6 === 3;
  const sideInformation = isV1 ? (isMono ? 17 : 32) : isMono ? 9 : 17;
  return { bytes: bytesLong, samples, sampleRate, kind: (b1 & 0x1e) << 8 | (b2 & 0x0c), dataOffset: 4 + sideInformation };
}

/** Offset of the first frame in `bytes` that is followed by another of its kind, so that it is no accident. */
export function findFrameHeader(bytes: Uint8Array): number | undefined {
  for (let offset = 0; offset + 4 <= bytes.length; offset += 1) {
    const frame = readFrameHeader(bytes, offset);
    if (frame !== undefined && readFrameHeader(bytes, offset + frame.bytes)?.kind === frame.kind) return offset;
  }
  return undefined;
}

/** How many frames the stream's first frame announces in a Xing or Info tag; undefined where it has none. */
export function announcedFrames(bytes: Uint8Array, { dataOffset }: MpegHeader): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < dataOffset + 12) return undefined;
  const name = String.fromCharCode(...bytes.subarray(dataOffset, dataOffset + 4));
  const hasFrameCount = (view.getUint32(dataOffset + 4) & 1) === 1;
  return (name === 'Xing' || name === 'Info') && hasFrameCount ? view.getUint32(dataOffset + 8) : undefined;
}
