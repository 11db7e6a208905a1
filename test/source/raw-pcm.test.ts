import test from 'ava';
import fc from 'fast-check';

import { decodeRawPcm } from '../../daemon/source/raw-pcm.js';

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  yield* chunks;
}

test('whatever bytes come in whatever pieces become samples in [-1, 1], all of them, but for half a frame at the end', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), async (chunks, channels) => {
      const heard: number[][] = Array.from({ length: channels }, () => []);
      for await (const block of decodeRawPcm(each(chunks), { sampleRate: 8000, channels })) {
        block.channels.forEach((samples, channel) => heard[channel]!.push(...samples));
      }
      const bytes = Buffer.concat(chunks);
      const frames = Math.floor(bytes.length / (2 * channels));
      const expected = Array.from({ length: channels }, (_, channel) =>
        Array.from({ length: frames }, (_, i) => bytes.readInt16LE((i * channels + channel) * 2) / 2 ** 15));
      t.deepEqual(heard, expected);
      t.true(heard.flat().every((sample) => sample >= -1 && sample <= 1));
    }),
  );
});
