import test from 'ava';

import { loadBundle } from '../../daemon/bundle/load-bundle.js';
import { CaptionerError } from '../../daemon/captioner/captioner-error.js';
import { createInlineCaptioner } from '../../daemon/captioner/inline-captioner.js';
import { readExpected, tinyBundle, tinySound, tinyWindows } from '../helpers/tiny-bundle.js';

async function openTiny() {
  return createInlineCaptioner(await loadBundle(tinyBundle), { threads: 1 });
}

test('Captions are those of the reference, token for token', async (t) => {
  const { segments, windows } = await readExpected();
  const captioner = await openTiny();
  for (const [index, window] of tinyWindows(tinySound(segments)).entries()) {
    const { tokens, confidence } = await captioner.caption(window);
    t.deepEqual(tokens, windows[index]?.tokens);
    t.true(Math.abs(Math.log(confidence) - (windows[index]?.score ?? NaN)) < 1e-4);
  }
  await captioner.close();
});

test('A sliding window says bit for bit what it says when it is alone', async (t) => {
  const sliding = await openTiny();
  for (const window of tinyWindows(tinySound(8))) {
    const alone = await openTiny();
    t.deepEqual(await sliding.caption(window), await alone.caption(window));
    await alone.close();
  }
  await sliding.close();
});

test('Sounds that follow one another from position 0 do not hear each other', async (t) => {
  const captioner = await openTiny();
  const again = await openTiny();
  const sounds = [1, 4711, 99].map((seed) => tinyWindows(tinySound(5, seed)));
  const forwards = [];
  for (const window of sounds.flat()) forwards.push(await captioner.caption(window));
  const backwards = [];
  for (const window of sounds.flat().reverse()) backwards.unshift(await again.caption(window));
  t.deepEqual(forwards, backwards);
  t.true(new Set(forwards.map(({ text }) => text)).size > 3, 'the sounds are told apart');
});

test('Windows asked for at once are captioned one after another', async (t) => {
  const captioner = await openTiny();
  const { windows } = await readExpected();
  const captions = await Promise.all(tinyWindows(tinySound(12)).map((window) => captioner.caption(window)));
  t.deepEqual(captions.map(({ tokens }) => tokens), windows.map(({ tokens }) => tokens));
});

test('A caption begins with a capital and its confidence is a probability', async (t) => {
  const captioner = await openTiny();
  for (const window of tinyWindows(tinySound(12))) {
    const { text, confidence } = await captioner.caption(window);
    t.regex(text, /^[A-Z][a-z ]*[a-z]?$/);
    t.true(confidence > 0 && confidence <= 1);
  }
});

test('A window that does not fit the model is refused, and the next is captioned', async (t) => {
  const captioner = await openTiny();
  const [window] = tinyWindows(tinySound(3));
  if (window === undefined) throw new Error('no window');
  const short = { ...window, samples: window.samples.subarray(10) };
  const error = await t.throwsAsync(captioner.caption(short), { instanceOf: CaptionerError });
  t.is(error.code, 'CAPTIONER_WINDOW_UNFIT');
  t.regex(error.message, /661 samples, 71 of them history, does not fit the model, which takes 671/);
  t.is((await captioner.caption(window)).tokens.length > 0, true);
});

test('A window of NaN fails by name and spoils nothing', async (t) => {
  const captioner = await openTiny();
  const [window] = tinyWindows(tinySound(3));
  if (window === undefined) throw new Error('no window');
  const before = await captioner.caption(window);
  const broken = { ...window, samples: new Float32Array(window.samples.length).fill(NaN) };
  const error = await t.throwsAsync(captioner.caption(broken), { instanceOf: CaptionerError });
  t.is(error.code, 'CAPTIONER_FAILED');
  t.regex(error.message, /NaN/);
  t.deepEqual(await captioner.caption(window), before);
});

test('Closing waits for the running window, refuses what comes after, and can be repeated', async (t) => {
  const captioner = await openTiny();
  const [window] = tinyWindows(tinySound(3));
  if (window === undefined) throw new Error('no window');
  const running = captioner.caption(window);
  await new Promise(setImmediate);
  await Promise.all([captioner.close(), captioner.close()]);
  t.true((await running).tokens.length > 0);
  const error = await t.throwsAsync(captioner.caption(window), { instanceOf: CaptionerError });
  t.is(error.code, 'CAPTIONER_CLOSED');
});
