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

/** The stream that is being decoded. */
interface OggStream {
  readonly decoder: StreamDecoder;
  readonly serial: number;
  /** Of its last page. */
  sequence: number;
}

/** Ogg with Opus, Vorbis or FLAC. Streams that follow one another are decoded in turn; what runs beside them is left out. */
export async function* decodeOgg(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DecodedBlock, void> {
  const leftOut = new Set<number>();
  let stream: OggStream | undefined;
  let streams = 0;
  let lostPages = 0;
  let missingEnds = 0;

  const endStream = async function* (): AsyncGenerator<DecodedBlock, void> {
    if (stream === undefined) return;
    yield* blockOf(await stream.decoder.flush());
    stream.decoder.free();
    stream = undefined;
  };

  try {
    for await (const page of oggPages(createByteReader(bytes))) {
      // RFC 3533 section 4: streams that run side by side all begin before any goes on; one that begins later follows.
      if (page.isFirst && stream !== undefined && stream.sequence > 0) {
        missingEnds += 1;
        yield* endStream();
      }
      if (page.isFirst) {
        const opened: OggStream | undefined = stream === undefined ? await openStream(page) : undefined;
        if (opened === undefined) leftOut.add(page.serial);
        else streams += 1;
        stream ??= opened;
      }
      if (leftOut.has(page.serial)) continue;
      if (stream === undefined || page.serial !== stream.serial) {
        lostPages += 1; // of a stream whose first page is lost
        continue;
      }
      lostPages += Math.max(0, page.sequence - stream.sequence - 1);
      stream.sequence = page.sequence;
      yield* blockOf(await stream.decoder.decode(page.bytes));
      if (page.isLast) yield* endStream();
    }
    if (stream !== undefined) missingEnds += 1;
    yield* endStream();
  } finally {
    stream?.decoder.free();
  }
  if (streams === 0) throw new UnsupportedAudio('an Ogg file without an Opus, Vorbis or FLAC stream');
  if (lostPages > 0) throw new AudioDamage(`is damaged: ${lostPages} of its pages are lost`);
  if (missingEnds > 0) throw new AudioDamage('ends early: its last page is missing');
}

async function openStream({ body, serial, sequence }: OggPage): Promise<OggStream | undefined> {
  const head = String.fromCharCode(...body.subarray(0, 8));
  const decoder = codecs.find(([magic]) => head.startsWith(magic))?.[1]();
  await decoder?.ready;
  return decoder && { decoder, serial, sequence };
}

function* blockOf({ channelData, samplesDecoded, sampleRate }: Decoded): Generator<DecodedBlock, void> {
  if (samplesDecoded > 0) yield { channels: channelData, sampleRate };
}
