import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { OggOpusDecoder } from 'ogg-opus-decoder';

import { createByteReader } from './byte-reader.js';
import { AudioDamage, UnsupportedAudio, type DecodedBlock } from './decoder.js';
import { oggPages, type OggPage } from './ogg-pages.js';

interface Decoded {
  readonly channelData: Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
}

interface StreamDecoder {
  readonly ready: Promise<void>;
  readonly decode: (bytes: Uint8Array) => Decoded | Promise<Decoded>;
  readonly flush: () => Decoded | Promise<Decoded>;
  readonly free: () => void;
}

/** By what a stream's first page begins with (RFC 7845 section 5.1, Vorbis I section 4.2.1, RFC 9639 section 10.1). */
const codecs: readonly (readonly [magic: string, create: () => StreamDecoder])[] = [
  ['OpusHead', () => new OggOpusDecoder()],
  ['\x01vorbis', () => new OggVorbisDecoder()],
  ['\x7fFLAC', () => new FLACDecoder()],
];

/** Ogg with Opus, Vorbis or FLAC. Streams that follow one another are decoded in turn; what runs beside them is left out. */
export async function* decodeOgg(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DecodedBlock, void> {
  let decoder: StreamDecoder | undefined;
  let previous: OggPage | undefined;
  let streams = 0;
  let lostPages = 0;
  try {
    for await (const page of oggPages(createByteReader(bytes))) {
      if (decoder === undefined && page.isFirst) {
        decoder = await createDecoder(page.body);
        if (decoder !== undefined) streams += 1;
        previous = undefined;
      }
      if (decoder === undefined || (previous !== undefined && page.serial !== previous.serial)) continue;
      lostPages += previous === undefined ? 0 : Math.max(0, page.sequence - previous.sequence - 1);
      previous = page;
      yield* blockOf(await decoder.decode(page.bytes));
      if (page.isLast) {
        yield* blockOf(await decoder.flush());
        decoder.free();
        decoder = undefined;
      }
    }
    if (decoder !== undefined) yield* blockOf(await decoder.flush());
  } finally {
    decoder?.free();
  }
  if (streams === 0) throw new UnsupportedAudio('an Ogg file without an Opus, Vorbis or FLAC stream');
  if (lostPages > 0) throw new AudioDamage(`is damaged: ${lostPages} of its pages are lost`);
  if (decoder !== undefined) throw new AudioDamage('ends early: its last page is missing');
}

async function createDecoder(identification: Uint8Array): Promise<StreamDecoder | undefined> {
  const head = String.fromCharCode(...identification.subarray(0, 8));
  const decoder = codecs.find(([magic]) => head.startsWith(magic))?.[1]();
  await decoder?.ready;
  return decoder;
}

function* blockOf({ channelData, samplesDecoded, sampleRate }: Decoded): Generator<DecodedBlock, void> {
  if (samplesDecoded > 0) yield { channels: channelData, sampleRate };
}
