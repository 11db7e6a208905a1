import test from 'ava';

import { createLiveness } from '../../daemon/source/liveness.js';
import { SourceError } from '../../daemon/source/source-error.js';
import { manualTime } from '../publish/helpers/manual-time.js';

const sampleRate = 100;
const rustle = (length: number) => Float32Array.from({ length }, (_, i) => (i % 10) / 2 ** 15);
const constant = (length: number, value = 0) => new Float32Array(length).fill(value);

function watch() {
  const { clock, timers, pass, pending } = manualTime();
  const states: (readonly [state: string, reason: unknown])[] = [];
  const liveness = createLiveness({
    sampleRate, clock, timers, silentAfterSeconds: 3, deafAfterMs: 10_000, onState: (state, reason) => states.push([state, reason]),
  });
  /** Sound for some seconds, at the speed of life. */
  const hear = (seconds: number, chunk: (length: number) => Float32Array = rustle): void => {
    for (let i = 0; i < seconds * 10; i += 1) {
      pass(100);
      liveness.heard(chunk(10));
    }
  };
  const told = () => states.map(([state, reason]) => (reason instanceof Error ? `${state} ${reason instanceof SourceError ? reason.code : reason.message}` : state));
  return { liveness, states, told, pass, hear, pending };
}

test('a change is told once', (t) => {
  const { hear, told, pending } = watch();
  hear(60);
  t.deepEqual(told(), ['listening']);
  t.is(pending(), 1, 'one timer, however much comes in');
});

test('a quiet room rustles; a signal that does not move is silent, at whatever value it stands', (t) => {
  for (const value of [0, -0.25]) {
    const { hear, told } = watch();
    hear(10);
    hear(2.9, (length) => constant(length, value));
    t.deepEqual(told(), ['listening']);
    hear(10, (length) => constant(length, value));
    t.deepEqual(told(), ['listening', 'silent SOURCE_SILENT']);
    hear(0.1);
    t.deepEqual(told(), ['listening', 'silent SOURCE_SILENT', 'listening']);
  }
});

test('a signal that jumps from one constant to another is not silent yet', (t) => {
  const { hear, told } = watch();
  for (const value of [0, 0.5, 0, 0.5]) hear(2, (length) => constant(length, value));
  t.deepEqual(told(), ['listening']);
});

test('sound that is lost for a moment is sought without alarm', (t) => {
  const { liveness, hear, pass, states } = watch();
  const unplugged = new Error('unplugged');
  hear(1);
  liveness.lost(unplugged);
  pass(9800);
  hear(1);
  t.deepEqual(states, [['listening', undefined], ['recovering', unplugged], ['listening', undefined]]);
});

test('sound that stays away is deaf, with the latest reason, and each new reason is told', (t) => {
  const { liveness, hear, pass, states } = watch();
  const [unplugged, busy] = [new Error('unplugged'), new Error('busy')];
  hear(1);
  liveness.lost(unplugged);
  liveness.lost(unplugged);
  pass(10_000);
  liveness.lost(unplugged);
  liveness.lost(busy);
  liveness.lost(busy);
  t.deepEqual(states, [['listening', undefined], ['recovering', unplugged], ['deaf', unplugged], ['deaf', busy]]);
});

test('a source that delivers nothing is deaf, whether or not anybody knows why', (t) => {
  for (const seconds of [0, 60]) {
    const { hear, pass, told } = watch();
    hear(seconds);
    const before = told();
    pass(9900);
    t.deepEqual(told(), before);
    pass(100);
    t.deepEqual(told(), [...before, 'deaf SOURCE_STALLED']);
  }
});

test('it is deaf as long after its last sound whenever the loss was noticed', (t) => {
  const { liveness, hear, pass, told } = watch();
  hear(5);
  pass(9000);
  liveness.lost(new Error('stalled'));
  pass(1000);
  t.deepEqual(told(), ['listening', 'recovering stalled', 'deaf stalled']);
});

test('a source that is lost again and again is not said to listen before it has been steady', (t) => {
  const { liveness, hear, told } = watch();
  for (let i = 0; i < 1000; i += 1) {
    hear(2);
    liveness.lost(new Error('flaps'));
  }
  t.deepEqual(told(), ['listening', 'recovering flaps', 'listening', 'recovering flaps', 'listening', 'recovering flaps']);
  hear(10);
  t.false(liveness.isSteady());
  hear(0.2);
  t.true(liveness.isSteady());
  t.is(told().at(-1), 'listening');
});

test('what is wrong with sound is told with it, and that it is right again', (t) => {
  const { liveness, hear, told } = watch();
  const complaint = new Error('too fast');
  hear(1);
  for (let i = 0; i < 10; i += 1) liveness.heard(rustle(10), complaint);
  hear(1);
  t.deepEqual(told(), ['listening', 'listening too fast', 'listening']);
});

test('nothing is told after the end', (t) => {
  const { liveness, hear, pass, told } = watch();
  hear(1);
  liveness.stop();
  pass(60_000);
  t.deepEqual(told(), ['listening']);
});
