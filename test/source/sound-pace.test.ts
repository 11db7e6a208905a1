import test from 'ava';

import { createSoundPace } from '../../daemon/source/sound-pace.js';

/** Sound in chunks of a tenth of a second, at `pace` times its speed; what was told last. */
function listenAt(paces: readonly (readonly [seconds: number, pace: number])[]) {
  let now = 0;
  const pace = createSoundPace(16_000, { elapsed: () => now });
  const told: (number | undefined)[] = [];
  for (const [seconds, times] of paces) {
    for (let i = 0; i < seconds * 10; i += 1) {
      now += 100;
      const off = pace.heard(Math.round(1600 * times));
      if (off !== told.at(-1)) told.push(off);
    }
  }
  return told;
}

const rounded = (told: readonly (number | undefined)[]) => told.map((pace) => pace?.toFixed(1));

test('sound at its pace is left alone, and so is a sound card that is a little off', (t) => {
  for (const pace of [1, 0.95, 1.05]) t.deepEqual(listenAt([[600, pace]]), []);
});

test('rates that are mistaken for each other are told: 48000 for 44100 not, for 32000 and 16000 they are', (t) => {
  t.deepEqual(rounded(listenAt([[120, 1.5]])), ['1.5']);
  t.deepEqual(rounded(listenAt([[120, 3]])), ['3.0']);
  t.deepEqual(rounded(listenAt([[120, 0.5]])), ['0.5']);
});

test('a burst, a pause, and a pause with a burst behind it are not a pace', (t) => {
  t.deepEqual(listenAt([[1, 20], [60, 1]]), [], 'what is there when a source is opened');
  t.deepEqual(listenAt([[20, 1], [3, 0], [60, 1]]), []);
  t.deepEqual(listenAt([[20, 1], [3, 0], [3, 2], [60, 1]]), []);
});

test('a pace that is right again is told', (t) => {
  t.deepEqual(rounded(listenAt([[60, 1.5], [60, 1]])), ['1.5', undefined]);
});
