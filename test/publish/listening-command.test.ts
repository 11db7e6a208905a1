import test from 'ava';
import fc from 'fast-check';
import { createListeningCommand } from '../../daemon/publish/commands/listening-command.js';
import { manualTime } from './helpers/manual-time.js';
import { recordedLog } from './helpers/recorded-log.js';

function command() {
  const time = manualTime();
  const switched: boolean[] = [];
  const { log, lines, codes } = recordedLog();
  const listener = createListeningCommand({ source: 'mic', topic: 'earshot/pi/mic/set', onSwitch: (isOn) => void switched.push(isOn) }, { ...time, log });
  return { ...listener, time, switched, lines, codes };
}

test('ON and OFF are obeyed at once', (t) => {
  const { heard, time, switched, lines } = command();
  heard('OFF', false);
  t.deepEqual(switched, [false]);
  time.pass(1000);
  heard('ON', false);
  t.deepEqual(switched, [false, true]);
  t.deepEqual(lines, []);
});

test('a switch that is flicked all the time is obeyed once a second, the last time for sure', (t) => {
  const { heard, time, switched } = command();
  for (let flick = 0; flick < 1000; flick += 1) {
    heard(flick % 2 === 0 ? 'ON' : 'OFF', false);
    time.pass(10);
  }
  time.pass(1000);
  t.true(switched.length <= 11);
  t.is(switched.at(-1), false);
});

test('what the broker has retained is the wish of another day: it is not obeyed, and that is told', (t) => {
  const { heard, switched, lines } = command();
  heard('OFF', true);
  t.deepEqual(switched, []);
  t.like(lines[0], { code: 'COMMAND_REFUSED', message: 'A command to earshot/pi/mic/set was retained by the broker and is not obeyed: "OFF"' });
});

test('anything else is refused with what was said, in bounds, once a minute', (t) => {
  const { heard, time, switched, lines } = command();
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.boolean(), (payload, isRetained) => {
      fc.pre(payload !== 'ON' && payload !== 'OFF');
      heard(payload, isRetained);
      time.pass(60);
    }),
    { numRuns: 10_000, seed: 20_261_125 },
  );
  t.deepEqual(switched, []);
  // Ten minutes, and one at once.
  t.is(lines.length, 11);
  for (const { message, remedy } of lines) {
    t.true(message.length < 350);
    t.notRegex(message, /\p{Cc}/u);
    t.is(remedy, 'Send ON or OFF to earshot/pi/mic/set, not retained.');
  }
});

test('what waits is obeyed at the end, and nothing is complained of any more', (t) => {
  const { heard, stop, time, switched, lines } = command();
  heard('OFF', false);
  heard('ON', false);
  heard('on', false);
  heard('off', false);
  stop();
  time.pass(120_000);
  t.deepEqual(switched, [false, true]);
  t.is(lines.length, 1);
});

test('no control character of a stranger reaches the log, those that JSON leaves neither', (t) => {
  const { heard, lines } = command();
  heard('a\u009b31m\u007f\n', false);
  t.is(lines[0]?.message, 'A command to earshot/pi/mic/set is none: "a\\u009b31m\\u007f\\n"');
});
