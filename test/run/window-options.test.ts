import test from 'ava';
import { ConfigError } from '../../daemon/config/config-error.js';
import { readManifest } from '../../daemon/bundle/read-manifest.js';
import { hopChoices, windowOptions } from '../../daemon/run/window-options.js';
import { tinyBundle } from '../helpers/tiny-bundle.js';

const manifest = await readManifest(tinyBundle);

test('windows are what the model was made for, hops what was asked for', (t) => {
  t.deepEqual(windowOptions(manifest, { hopSeconds: 0.05 }), { windowSamples: 600, hopSamples: 400, historySamples: 71 });
  t.deepEqual(windowOptions(manifest, { seconds: 0.075, hopSeconds: 0.075 }).hopSamples, 600);
});

test('windows that the model cannot take, and hops that would leave sound unheard, are refused together', (t) => {
  const error = t.throws(() => windowOptions(manifest, { seconds: 10, hopSeconds: 0.08 }), { instanceOf: ConfigError });
  t.deepEqual(error.problems.map(({ subject }) => subject), ['window.seconds', 'window.hop_seconds']);
});

test('a hop widens by whole segments, up to the window or to what was asked for', (t) => {
  t.deepEqual(hopChoices(manifest, { hopSeconds: 0.025 }), [0.025, 0.05, 0.075]);
  t.deepEqual(hopChoices(manifest, { hopSeconds: 0.03 }), [0.03, 0.05, 0.075]);
  t.deepEqual(hopChoices(manifest, { hopSeconds: 0.025, longestHopSeconds: 0.05 }), [0.025, 0.05]);
  t.deepEqual(hopChoices(manifest, { hopSeconds: 0.075 }), [0.075]);
});

test('a widest hop that is no hop is refused', (t) => {
  for (const longestHopSeconds of [0.02, 0.08]) {
    const error = t.throws(() => windowOptions(manifest, { hopSeconds: 0.025, longestHopSeconds }), { instanceOf: ConfigError });
    t.deepEqual(error.problems.map(({ subject }) => subject), ['window.longest_hop_seconds']);
  }
});
