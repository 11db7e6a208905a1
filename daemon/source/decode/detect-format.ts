import { findFrameHeader } from './mpeg-header.js';

export type AudioFormat = 'wav' | 'flac' | 'ogg' | 'mp3';

/** Formats that people try, told by their first bytes so that they can be named. */
const foreignFormats: readonly (readonly [offset: number, magic: string, name: string])[] = [
  [4, 'ftyp', 'MP4 or M4A (AAC)'],
  [0, 'FORM', 'AIFF'],
  [0, '.snd', 'Sun AU'],
  [0, 'caff', 'Apple CAF'],
  [0, '\x1a\x45\xdf\xa3', 'WebM or Matroska'],
  [0, '\x30\x26\xb2\x75', 'WMA'],
  [0, 'ADIF', 'AAC'],
  [0, '\xff\xf1', 'AAC'],
  [0, '\xff\xf9', 'AAC'],
  [0, '#!AMR', 'AMR'],
  [0, 'wvpk', 'WavPack'],
  [0, 'MAC ', "Monkey's Audio"],
  [0, 'MThd', 'MIDI, which holds notes and no sound'],
];

/** How many of a file's first bytes `detectFormat` wants to see. */
export const detectionBytes = 8192;

/**
 * Tells a file's format by its content. Returns `{ foreign }`, the name of a format that Earshot does not
 * decode, or undefined when it is not known as audio.
 */
export function detectFormat(head: Uint8Array): AudioFormat | { readonly foreign: string } | undefined {
  const has = (offset: number, magic: string) =>
    magic.length + offset <= head.length && Array.from(magic).every((char, i) => head[offset + i] === char.charCodeAt(0));

  if ((has(0, 'RIFF') || has(0, 'RF64') || has(0, 'BW64')) && has(8, 'WAVE')) return 'wav';
  if (has(0, 'fLaC')) return 'flac';
  if (has(0, 'OggS')) return 'ogg';
  if (has(0, 'ID3')) return 'mp3';
  const foreign = foreignFormats.find(([offset, magic]) => has(offset, magic));
  if (foreign !== undefined) return { foreign: foreign[2] };
  return findFrameHeader(head) === undefined ? undefined : 'mp3';
}

/** Length of the ID3v2 tag that a file begins with, 0 where there is none. Needs its first 10 bytes. */
export function id3Length(head: Uint8Array): number {
  if (head.length < 10 || head[0] !== 0x49 || head[1] !== 0x44 || head[2] !== 0x33) return 0;
  const [flags, a, b, c, d] = head.subarray(5, 10) as unknown as [number, number, number, number, number];
  // ID3v2.4 section 3.1: the size is 28 bits, seven a byte; a footer repeats the header.
  return 10 + (a * 2 ** 21 + b * 2 ** 14 + c * 2 ** 7 + d) + (flags & 0x10 ? 10 : 0);
}
