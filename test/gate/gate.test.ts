import test from 'ava';

import { createGate } from '../../daemon/gate/gate.js';
import { levelDbfs } from '../../daemon/gate/level-dbfs.js';

const sine = (amplitude: number) => Float32Array.from({ length: 3200 }, (_, i) => amplitude * Math.sin((2 * Math.PI * i) / 32));
const near = (actual: number, expected: number) => Math.abs(actual - expected) < 0.01;

test('a full-scale sine is 3 dB below full scale, a tenth of it 20 dB less', (t) => {
  t.true(near(levelDbfs(sine(1)), -3.01));
  t.true(near(levelDbfs(sine(0.1)), -23.01));
});

for (const [what, samples] of [['silence', new Float32Array(100)], ['a constant', new Float32Array(100).fill(0.25)], ['nothing', new Float32Array(0)]] as const) {
  test(`${what} has a finite level far below any sound`, (t) => {
    t.is(levelDbfs(samples), -120);
  });
}

test('a DC offset does not count as sound', (t) => {
  t.true(near(levelDbfs(sine(0.01).map((sample) => sample + 0.3)), levelDbfs(sine(0.01))));
});

test('the gate opens at its threshold', (t) => {
  const window = { index: 0, startSample: 0, samples: sine(0.1), historySamples: 0, heardSamples: 3200 };
  t.true(createGate({ thresholdDbfs: -23.1 })(window).isOpen);
  t.false(createGate({ thresholdDbfs: -22.9 })(window).isOpen);
});

test('neither history nor padding changes the level of a window', (t) => {
  const samples = new Float32Array(100 + 3200 + 5000);
  samples.fill(0.9, 0, 100);
  samples.set(sine(0.1), 100);
  const decision = createGate({ thresholdDbfs: -60 })({ index: 0, startSample: 0, samples, historySamples: 100, heardSamples: 3200 });
  t.true(near(decision.levelDbfs, -23.01));
});
