import { fileURLToPath } from 'node:url';

import test from 'ava';

import { syntheticSound } from '../../daemon/bench/synthetic-sound.js';
import { loadBundle, type Bundle } from '../../daemon/bundle/load-bundle.js';
import { createInlineCaptioner } from '../../daemon/captioner/inline-captioner.js';
import { superviseCaptioner } from '../../daemon/captioner/supervise-captioner.js';
import { historySamples, segmentSamples } from '../../daemon/encode/log-mel.js';
import { createWindowSlider } from '../../daemon/window/slide-windows.js';

const defaultBundle = fileURLToPath(new URL('../../../models/default', import.meta.url));

/** Windows of synthetic sound a segment apart. */
function windowsFor({ manifest: { audio, segment } }: Bundle, count: number) {
  const hopSamples = segmentSamples(audio, segment);
  const windowSamples = segment.per_window * hopSamples;
  const slider = createWindowSlider({ windowSamples, hopSamples, historySamples: historySamples(audio, segment) });
  return slider.push(syntheticSound(windowSamples + (count - 1) * hopSamples, audio.sample_rate));
}

test('The bundle that is shipped says the same sliding, alone, and in a child process', async (t) => {
  const bundle = await loadBundle(defaultBundle);
  const sliding = await createInlineCaptioner(bundle, { threads: 1 });
  const child = await superviseCaptioner(bundle, { threads: 1 });
  for (const window of windowsFor(bundle, 3)) {
    const alone = await createInlineCaptioner(bundle, { threads: 1 });
    const caption = await sliding.caption(window);
    t.deepEqual(await alone.caption(window), caption);
    t.deepEqual(await child.caption(window), caption);
    await alone.close();
  }
  await Promise.all([sliding.close(), child.close()]);
});

test('The bundle that is shipped keeps to its own rules', async (t) => {
  const bundle = await loadBundle(defaultBundle);
  const { decoding, tokens: special } = bundle.manifest;
  const captioner = await createInlineCaptioner(bundle, { threads: 1 });
  for (const window of windowsFor(bundle, 4)) {
    const { text, tokens, confidence } = await captioner.caption(window);
    t.true(tokens.length >= 1 && tokens.length <= decoding.max_tokens);
    t.true(confidence > 0 && confidence <= 1);
    if (!decoding.forbid_repeats) continue;
    t.false(tokens.some((token, index) => token === tokens[index - 1]));
    t.false(tokens.some((token) => [special.pad, special.start, special.unknown].includes(token)));
    const words = tokens.filter((token) => token !== special.end).map((token) => bundle.vocabulary[token]);
    t.is(text.toLowerCase(), words.join(' ').toLowerCase());
  }
  await captioner.close();
});
