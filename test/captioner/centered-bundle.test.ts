import test from 'ava';

import { loadBundle } from '../../daemon/bundle/load-bundle.js';
import { createInlineCaptioner } from '../../daemon/captioner/inline-captioner.js';
import { windowOptions } from '../../daemon/run/window-options.js';
import { createWindowSlider } from '../../daemon/window/slide-windows.js';
import { centeredBundle, centeredWindows, readExpected, tinySound, tinyWindows } from '../helpers/tiny-bundle.js';

async function openCentered() {
  return createInlineCaptioner(await loadBundle(centeredBundle), { threads: 1 });
}

test('Captions of windows that are seen as a whole are those of the reference, token for token', async (t) => {
  const { segments, windows } = await readExpected('centered');
  const captioner = await openCentered();
  for (const [index, window] of centeredWindows(tinySound(segments)).entries()) {
    const { tokens, confidence } = await captioner.caption(window);
    t.deepEqual(tokens, windows[index]?.tokens);
    t.true(Math.abs(Math.log(confidence) - (windows[index]?.score ?? NaN)) < 1e-4);
  }
  await captioner.close();
});

test('Windows of any hop are seen as a whole: each says what it says when it is alone', async (t) => {
  const { manifest } = await loadBundle(centeredBundle);
  const slider = createWindowSlider(windowOptions(manifest, { hopSeconds: 0.01 }));
  const windows = [...slider.push(tinySound(5)), ...slider.flush()];
  t.true(windows.length > 5);
  const sliding = await openCentered();
  for (const window of windows) {
    const alone = await openCentered();
    t.deepEqual(await sliding.caption(window), await alone.caption(window));
    await alone.close();
  }
  await sliding.close();
});

test('A window cut for a model with history is refused', async (t) => {
  const captioner = await openCentered();
  const [window] = tinyWindows(tinySound(3));
  if (window === undefined) throw new Error('no window');
  await t.throwsAsync(captioner.caption(window), { code: 'CAPTIONER_WINDOW_UNFIT' });
  await captioner.close();
});
