import test from 'ava';
import fc from 'fast-check';

import { createWindowSlider, type WindowOptions } from '../../daemon/window/slide-windows.js';
import type { AudioWindow } from '../../daemon/window/audio-window.js';

const options = { windowSamples: 10, hopSamples: 2, historySamples: 3 };
const ramp = (length: number) => Float32Array.from({ length }, (_, i) => i + 1);

function slide(sound: Float32Array, chunkSizes: readonly number[], given: WindowOptions = options): AudioWindow[] {
  const slider = createWindowSlider(given);
  const windows: AudioWindow[] = [];
  let rest = sound;
  for (const size of chunkSizes) {
    windows.push(...slider.push(rest.subarray(0, size)));
    rest = rest.subarray(size);
  }
  return [...windows, ...slider.push(rest), ...slider.flush()];
}

const starts = (windows: readonly AudioWindow[]) => windows.map(({ startSample }) => startSample);

test('the first window comes with its last sample, the next ones a hop apart', (t) => {
  const slider = createWindowSlider(options);
  t.deepEqual(slider.push(ramp(9)), []);
  t.deepEqual(starts(slider.push(ramp(1))), [0]);
  t.deepEqual(slider.push(ramp(1)), []);
  t.deepEqual(starts(slider.push(ramp(5))), [2, 4, 6]);
});

test('a window begins with its history, which is silence before the beginning', (t) => {
  const [first, second, third] = slide(ramp(14), []);
  t.deepEqual(first!.samples, Float32Array.of(0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  t.deepEqual(second!.samples, Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  t.deepEqual(third!.samples, Float32Array.of(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
});

test('a sound shorter than a window gives one window, padded', (t) => {
  t.deepEqual(slide(ramp(4), []), [
    { index: 0, startSample: 0, samples: Float32Array.of(0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0), historySamples: 3, heardSamples: 4 },
  ]);
});

test('samples behind the last whole window give one more, on the same grid and padded', (t) => {
  const last = slide(ramp(13), []).at(-1)!;
  t.is(last.startSample, 4);
  t.is(last.heardSamples, 9);
  t.deepEqual(last.samples, Float32Array.of(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0));
});

test('nothing is said twice: a sound that ends with a window gives no padded one', (t) => {
  t.deepEqual(starts(slide(ramp(12), [])), [0, 2]);
});

test('no sound gives no window', (t) => {
  t.deepEqual(slide(ramp(0), []), []);
});

test('the end of a sound may be told twice', (t) => {
  const slider = createWindowSlider(options);
  slider.push(ramp(4));
  t.is(slider.flush().length, 1);
  t.deepEqual(slider.flush(), []);
});

test('a hop longer than a window leaves out what lies between', (t) => {
  const sparse = { windowSamples: 4, hopSamples: 6, historySamples: 1 };
  const windows = slide(ramp(14), [5], sparse);
  t.deepEqual(starts(windows), [0, 6, 12]);
  t.deepEqual(windows[1]!.samples, Float32Array.of(6, 7, 8, 9, 10));
  t.is(windows[2]!.heardSamples, 2);
  t.deepEqual(starts(slide(ramp(6), [], sparse)), [0]);
});

test('a gap in the sound is spanned by no window, and positions go on behind it', (t) => {
  const slider = createWindowSlider(options);
  slider.push(ramp(11));
  slider.skip(1000);
  t.deepEqual(slider.push(ramp(9)), []);
  const [window] = slider.push(ramp(1));
  t.is(window!.startSample, 1011);
  t.is(window!.index, 1);
  t.deepEqual(window!.samples.subarray(0, 5), Float32Array.of(0, 0, 0, 1, 2));
});

test('windows are the same however the sound is cut into chunks', (t) => {
  const sizes = fc.record({ windowSamples: fc.integer({ min: 1, max: 40 }), hopSamples: fc.integer({ min: 1, max: 50 }), historySamples: fc.nat(9) });
  fc.assert(
    fc.property(sizes, fc.nat(200), fc.array(fc.nat(60)), (given, length, chunks) => {
      t.deepEqual(slide(ramp(length), chunks, given), slide(ramp(length), [], given));
    }),
  );
  t.pass();
});

test('with a hop no longer than a window every sample is heard', (t) => {
  const sizes = fc.integer({ min: 1, max: 40 }).chain((windowSamples) =>
    fc.record({ windowSamples: fc.constant(windowSamples), hopSamples: fc.integer({ min: 1, max: windowSamples }), historySamples: fc.nat(9) }));
  fc.assert(
    fc.property(sizes, fc.nat(200), (given, length) => {
      const heard = new Set<number>();
      for (const { samples, historySamples, heardSamples } of slide(ramp(length), [], given)) {
        for (const sample of samples.subarray(historySamples, historySamples + heardSamples)) heard.add(sample);
      }
      t.is(heard.size, length);
    }),
  );
});

test('the hop may change from window to window', (t) => {
  const hops = [2, 4, 6];
  const slider = createWindowSlider({ windowSamples: 4, hopSamples: 1, historySamples: 0, nextHopSamples: () => hops.shift() ?? 2 });
  t.deepEqual(slider.push(new Float32Array(22)).map(({ startSample }) => startSample), [0, 2, 6, 12, 14, 16, 18]);
});
