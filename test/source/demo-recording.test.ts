import { statSync } from 'node:fs';

import test from 'ava';

import { levelDbfs } from '../../daemon/gate/level-dbfs.js';
import { decodeFile } from '../../daemon/source/decode/decode-file.js';
import { demoRecording } from '../../daemon/source/demo-recording.js';
import { hear } from './sound.js';

test('the demo recording is small, whole, and holds loud sounds and quiet between them', async (t) => {
  t.true(statSync(demoRecording).size < 700_000);
  const { samples, error } = await hear(decodeFile(demoRecording, 32000));
  t.is(error, undefined);
  t.is(samples.length, 90 * 32000);
  const levels = Array.from({ length: 90 }, (_, second) => levelDbfs(samples.subarray(second * 32000, (second + 1) * 32000)));
  t.true(levels.filter((level) => level > -40).length > 45, levels.map(Math.round).join(' '));
  t.true(levels.filter((level) => level < -60).length > 8, levels.map(Math.round).join(' '));
});
