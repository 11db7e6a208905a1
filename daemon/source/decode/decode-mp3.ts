import { MPEGDecoder } from 'mpg123-decoder';

import { createByteReader } from './byte-reader.js';
import { AudioDamage, type DecodedBlock } from './decoder.js';
import { mpegFrames } from './mpeg-frames.js';
import { announcedFrames } from './mpeg-header.js';

/** Encoders differ in whether the frame that announces the others counts itself. */
const countTolerance = 1;

/** MPEG-1, 2 and 2.5 audio, layers I to III. */
export async function* decodeMp3(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DecodedBlock, void> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  let count = 0;
  let announced: number | undefined;
  let gaps = 0;
  try {
    for await (const frame of mpegFrames(createByteReader(bytes))) {
      if (count === 0) announced = announcedFrames(frame.bytes, frame.header);
      count += 1;
      if (frame.isBehindGap) gaps += 1;
      const { channelData, samplesDecoded, sampleRate } = decoder.decode(frame.bytes);
      if (samplesDecoded > 0) yield { channels: channelData, sampleRate };
    }
  } finally {
    decoder.free();
  }
  if (gaps > 0) throw new AudioDamage(`is damaged in ${gaps} ${gaps === 1 ? 'place' : 'places'}`);
  if (announced !== undefined && count + countTolerance < announced) {
    throw new AudioDamage(`ends early: ${count} of ${announced} frames are there`);
  }
}
