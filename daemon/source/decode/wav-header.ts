import type { ByteReader } from './byte-reader.js';
import { AudioDamage, UnsupportedAudio } from './decoder.js';

export interface WavHeader {
  readonly encoding: 'integer' | 'float';
  readonly channels: number;
  readonly sampleRate: number;
  /** Bytes that one sample of one channel takes. */
  readonly sampleBytes: number;
  /** Bytes of sound; Infinity where the file was written as a stream and does not tell. */
  readonly dataBytes: number;
}

const encodings = new Map<number, string>([
  [0x0002, 'ADPCM'], [0x0006, 'A-law'], [0x0007, 'mu-law'], [0x0011, 'IMA ADPCM'], [0x0031, 'GSM'], [0x0055, 'MP3'], [0x00ff, 'AAC'],
]);
const extensibleTag = 0xfffe;
/** Writers to a pipe, who cannot come back to fill it in, leave one of these as the length, or near them. */
const looksUnknown = (length: number) => length === 0 || length >= 0x7ffff000;

/** Reads RIFF, RF64 (EBU Tech 3306) or BW64 up to the first byte of sound. */
export async function readWavHeader(reader: ByteReader): Promise<WavHeader> {
  const id = text(await reader.read(12), 0);
  let format: Omit<WavHeader, 'dataBytes'> | undefined;
  let longLength: number | undefined;
  for (;;) {
    const chunk = view(await reader.read(8));
    if (chunk.byteLength < 8) throw new AudioDamage('is cut off within its header');
    const name = text(new Uint8Array(chunk.buffer, chunk.byteOffset), 0);
    const length = chunk.getUint32(4, true);
    if (name === 'data') {
      if (format === undefined) throw new AudioDamage('has no format description');
      return { ...format, dataBytes: dataBytes(id, length, longLength) };
    }
    const kept = Math.min(length, name === 'fmt ' ? 40 : name === 'ds64' ? 16 : 0);
    const body = view(await reader.read(kept));
    if (body.byteLength < kept) throw new AudioDamage('is cut off within its header');
    if (name === 'fmt ') format = readFormat(body);
    if (name === 'ds64' && body.byteLength >= 16) longLength = Number(body.getBigUint64(8, true));
    await reader.skip(length + (length % 2) - body.byteLength); // chunks begin at even positions
  }
}

function dataBytes(id: string, length: number, longLength: number | undefined): number {
  if (id !== 'RIFF' && length === 0xffffffff && longLength !== undefined) return longLength;
  return looksUnknown(length) ? Infinity : length;
}

function readFormat(body: DataView): Omit<WavHeader, 'dataBytes'> {
  if (body.byteLength < 16) throw new AudioDamage('has an incomplete format description');
  const outerTag = body.getUint16(0, true);
  // WAVE_FORMAT_EXTENSIBLE: the tag proper is the beginning of the sub-format's GUID.
  const tag = outerTag === extensibleTag && body.byteLength >= 26 ? body.getUint16(24, true) : outerTag;
  const channels = body.getUint16(2, true);
  const sampleRate = body.getUint32(4, true);
  const sampleBytes = body.getUint16(12, true) / channels;
  if (tag !== 1 && tag !== 3) {
    throw new UnsupportedAudio(`a wav file with ${encodings.get(tag) ?? `format 0x${tag.toString(16)}`} samples`);
  }
  const sizes = tag === 1 ? [1, 2, 3, 4] : [4, 8];
  if (channels === 0 || sampleRate === 0 || !sizes.includes(sampleBytes)) {
    throw new AudioDamage(`has a senseless format description (${channels} channels, ${sampleRate} Hz, ${sampleBytes} bytes a sample)`);
  }
  return { encoding: tag === 1 ? 'integer' : 'float', channels, sampleRate, sampleBytes };
}

function text(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
