import test from 'ava';

import { loadBundle } from '../../daemon/bundle/load-bundle.js';
import { openGraphs } from '../../daemon/bundle/open-graphs.js';
import { createLogMel } from '../../daemon/encode/log-mel.js';
import { createWindowEncoder } from '../../daemon/encode/window-encoder.js';
import { tinyBundle, tinySound, tinyWindows } from '../helpers/tiny-bundle.js';

/** An encoder on the real graph that counts how many segments it had to work on. */
async function countingEncoder(sources: number) {
  const bundle = await loadBundle(tinyBundle);
  const { encoder } = await openGraphs(bundle, { threads: 1 });
  const { mel, window, manifest } = bundle;
  const logMel = createLogMel({ audio: manifest.audio, segment: manifest.segment, mel, window });
  const counter = { encoded: 0 };
  const counted = (samples: Float32Array) => {
    counter.encoded += 1;
    return logMel(samples);
  };
  const encode = createWindowEncoder(encoder, { manifest, logMel: counted, sources });
  return { counter, encode };
}

test('Windows a segment apart encode each segment once', async (t) => {
  const { counter, encode } = await countingEncoder(1);
  for (const window of tinyWindows(tinySound(9))) await encode(window);
  t.is(counter.encoded, 9);
});

test('Windows of two sources by turns encode each segment once', async (t) => {
  const { counter, encode } = await countingEncoder(2);
  const others = tinyWindows(tinySound(9, 4711));
  for (const [index, window] of tinyWindows(tinySound(9)).entries()) {
    await encode(window);
    const other = others[index];
    if (other !== undefined) await encode(other);
  }
  // The digital silence in both sounds is the same to both.
  t.true(counter.encoded <= 18, `${counter.encoded} segments were encoded`);
});

test('Another sound at the same position is encoded anew', async (t) => {
  const { encode } = await countingEncoder(1);
  const fresh = await countingEncoder(1);
  const [first] = tinyWindows(tinySound(3));
  const [second] = tinyWindows(tinySound(3, 4711));
  if (first === undefined || second === undefined) throw new Error('no windows');
  const ofFirst = (await encode(first)).data.slice();
  const ofSecond = (await encode(second)).data.slice();
  t.notDeepEqual(ofFirst, ofSecond);
  t.deepEqual(ofSecond, (await fresh.encode(second)).data);
});

test('A window of a part of a segment is refused', async (t) => {
  const { encode } = await countingEncoder(1);
  const [window] = tinyWindows(tinySound(3));
  if (window === undefined) throw new Error('no window');
  await t.throwsAsync(encode({ ...window, samples: window.samples.subarray(1) }), { instanceOf: RangeError });
});
