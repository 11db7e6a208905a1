import test from 'ava';

import { createLiveness } from '../../daemon/source/liveness.js';
import { createManualTimers } from '../helpers/manual-timers.js';

const sampleRate = 100;
const rustle = (length: number) => Float32Array.from({ length }, (_, i) => (i % 2) / 2 ** 15);
const constant = (length: number, value = 0) => new Float32Array(length).fill(value);

function watch() {
  const timers = createManualTimers();
  const states: (readonly [state: string, reason: unknown])[] = [];
  const liveness = createLiveness({ sampleRate, timers, silentAfterSeconds: 3, deafAfterMs: 10_000, onState: (state, reason) => states.push([state, reason]) });
  return { timers, liveness, states, names: () => states.map(([state]) => state) };
}

test('a change is told once', (t) => {
  const { liveness, names } = watch();
  for (let i = 0; i < 5; i += 1) liveness.heard(rustle(50));
  t.deepEqual(names(), ['listening']);
});

test('a quiet room rustles; a signal that never changes is silent, at whatever value it stands', (t) => {
  for (const value of [0, -0.25]) {
    const { liveness, names } = watch();
    for (let i = 0; i < 10; i += 1) liveness.heard(rustle(100));
    for (let i = 0; i < 5; i += 1) liveness.heard(constant(50, value));
    t.deepEqual(names(), ['listening']);
    liveness.heard(constant(50, value));
    liveness.heard(constant(50, value));
    t.deepEqual(names(), ['listening', 'silent']);
    liveness.heard(Float32Array.of(value, value, 0.1));
    t.deepEqual(names(), ['listening', 'silent', 'listening']);
  }
});

test('a signal that jumps from one constant to another is not silent yet', (t) => {
  const { liveness, names } = watch();
  for (const value of [0, 0.5, 0, 0.5]) liveness.heard(constant(200, value));
  t.deepEqual(names(), ['listening']);
});

test('sound that is lost for a moment is sought without alarm', async (t) => {
  const { liveness, timers, states } = watch();
  const unplugged = new Error('unplugged');
  liveness.heard(rustle(10));
  liveness.lost(unplugged);
  await timers.asking(10_000);
  liveness.heard(rustle(10));
  t.deepEqual(states, [['listening', undefined], ['recovering', unplugged], ['listening', undefined]]);
});

test('sound that stays away is deaf, with the latest reason, and each new reason is told', async (t) => {
  const { liveness, timers, states } = watch();
  const [unplugged, busy] = [new Error('unplugged'), new Error('busy')];
  liveness.heard(rustle(10));
  liveness.lost(unplugged);
  liveness.lost(unplugged);
  await timers.fire(10_000);
  liveness.lost(unplugged);
  liveness.lost(busy);
  liveness.lost(busy);
  t.deepEqual(states, [['listening', undefined], ['recovering', unplugged], ['deaf', unplugged], ['deaf', busy]]);
});

test('a source that never delivers anything is deaf', async (t) => {
  const { timers, states } = watch();
  await timers.fire(10_000);
  t.deepEqual(states, [['deaf', undefined]]);
});
