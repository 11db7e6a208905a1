import test from 'ava';

import { wavBytes } from '../../daemon/bench/wav-bytes.js';
import { loadBundle } from '../../daemon/bundle/load-bundle.js';
import { dumpLogMel } from '../../daemon/encode/dump-log-mel.js';
import { createLogMel, historySamples, segmentSamples } from '../../daemon/encode/log-mel.js';
import { tinyBundle } from '../helpers/tiny-bundle.js';
import { concatenate, writeSound } from '../source/sound.js';

test('the log-mel of a file is that of its segments, the last padded with silence', async (t) => {
  const { manifest: { audio, segment }, mel, window } = await loadBundle(tinyBundle);
  const [history, length] = [historySamples(audio, segment), segmentSamples(audio, segment)];
  const sound = Float32Array.from({ length: Math.floor(1.5 * length) }, (_, i) => Math.sin(i * i * 1e-3) / 2);
  const file = writeSound('dump.wav', wavBytes([sound], { sampleRate: audio.sample_rate, encoding: 'float', bits: 32 }));

  const padded = concatenate([new Float32Array(history), sound, new Float32Array(length)]);
  const logMel = createLogMel({ audio, segment, mel, window });
  const segments: Float32Array[] = [];
  for await (const features of dumpLogMel(tinyBundle, file)) segments.push(features);
  t.deepEqual(segments, [logMel(padded.subarray(0, history + length)), logMel(padded.subarray(length, length + history + length))]);
});
