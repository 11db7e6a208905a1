import { FLACDecoder } from '@wasm-audio-decoders/flac';

import { createByteReader } from './byte-reader.js';
import { AudioDamage, type DecodedBlock } from './decoder.js';
import { describeSeconds } from './describe-seconds.js';

/** FLAC in its own container (RFC 9639). */
export async function* decodeFlac(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DecodedBlock, void> {
  const reader = createByteReader(bytes);
  const { sampleRate, totalSamples } = readStreamInfo(await reader.peek(26));
  const decoder = new FLACDecoder();
  await decoder.ready;
  let heard = 0;
  try {
    for await (const chunk of reader.rest()) {
      const { channelData, samplesDecoded } = await decoder.decode(chunk);
      heard += samplesDecoded;
      if (samplesDecoded > 0) yield { channels: channelData, sampleRate };
    }
    const { channelData, samplesDecoded } = await decoder.flush();
    heard += samplesDecoded;
    if (samplesDecoded > 0) yield { channels: channelData, sampleRate };
  } finally {
    decoder.free();
  }
  if (heard < totalSamples) {
    throw new AudioDamage(`is damaged: ${describeSeconds(heard, sampleRate)} of ${describeSeconds(totalSamples, sampleRate)} decode`);
  }
}

/** RFC 9639 section 8.2; totalSamples is 0 where the file does not tell. */
function readStreamInfo(head: Uint8Array): { sampleRate: number; totalSamples: number } {
  if (head.length < 26) throw new AudioDamage('is cut off within its header');
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return { sampleRate: view.getUint32(18) >>> 12, totalSamples: (view.getUint8(21) & 0x0f) * 2 ** 32 + view.getUint32(22) };
}
