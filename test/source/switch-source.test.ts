import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { AudioSource } from '../../daemon/source/audio-source.js';
import { createListeningSwitch } from '../../daemon/source/listening-switch.js';
import { fileSwitchMemory } from '../../daemon/source/switch-memory.js';
import { switchSource } from '../../daemon/source/switch-source.js';
import { pause } from '../../daemon/time/pause.js';
import { manualTime } from '../publish/helpers/manual-time.js';

/** Lets everything that can go on go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A microphone that sounds once a second, and writes down that it is opened and closed. */
function microphone(isOn = true) {
  const time = manualTime();
  const told: string[] = [];
  const sounding: AudioSource = {
    name: 'kitchen',
    kind: 'microphone',
    isLive: true,
    async *stream(signal) {
      told.push('opened');
      try {
        while (!signal.aborted) {
          yield Float32Array.of(0.1);
          await pause(1000, time.timers, signal);
        }
      } finally {
        told.push('closed');
      }
    },
  };
  const listening = createListeningSwitch({ isOff: () => !isOn, remember: (on) => void told.push(`remembered ${on ? 'on' : 'off'}`) });
  const switched = switchSource(sounding, {
    listening,
    sampleRate: 10,
    ...time,
    onOff: () => void told.push('off'),
    onRest: () => void told.push('rest'),
    onGap: (lost) => void told.push(`gap of ${lost}`),
  });
  const stop = new AbortController();
  let chunks = 0;
  const over = (async () => {
    for await (const chunk of switched.stream(stop.signal)) chunks += chunk.length;
  })();
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      await settle();
      time.pass(1000);
      await settle();
    }
  };
  return { listening, told, stop, over, pass, chunks: () => chunks };
}

test('switched off it is closed and not heard, switched on it is opened again and told what that has cost', async (t) => {
  const { listening, told, stop, over, pass, chunks } = microphone();
  await pass(3);
  t.is(chunks(), 4);
  listening.set(false);
  await pass(12);
  t.is(chunks(), 4);
  t.deepEqual(told, ['opened', 'remembered off', 'closed', 'off', 'rest', 'rest', 'rest']);
  listening.set(true);
  await pass(2);
  t.is(chunks(), 7);
  t.deepEqual(told.slice(7), ['remembered on', 'gap of 120', 'opened']);
  stop.abort();
  await over;
  t.is(told.at(-1), 'closed');
});

test('what was off before the start is not opened at all', async (t) => {
  const { told, stop, over, pass, chunks } = microphone(false);
  await pass(6);
  t.deepEqual(told, ['off', 'rest', 'rest']);
  t.is(chunks(), 0);
  stop.abort();
  await over;
});

test('what is said twice is done once, and off and on in one breath is opened anew', async (t) => {
  const { listening, told, stop, over, pass } = microphone();
  await pass(1);
  listening.set(true);
  t.deepEqual(told, ['opened']);
  listening.set(false);
  listening.set(true);
  await pass(1);
  t.deepEqual(told, ['opened', 'remembered off', 'remembered on', 'closed', 'opened']);
  stop.abort();
  await over;
});

test('a source that ends by itself ends', async (t) => {
  const ending: AudioSource = { name: 'x', kind: 'command', isLive: true, async *stream() { yield Float32Array.of(1); } };
  const nothing = (): void => undefined;
  const switched = switchSource(ending, { listening: createListeningSwitch(undefined), sampleRate: 10, ...manualTime(), onOff: nothing, onRest: nothing, onGap: nothing });
  let chunks = 0;
  for await (const chunk of switched.stream(new AbortController().signal)) chunks += chunk.length;
  t.is(chunks, 1);
});

test('off is remembered as a file that is there, and a folder that cannot be written is told', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-switch-'));
  const problems: unknown[] = [];
  const memory = fileSwitchMemory(join(folder, 'state', 'off-mic'), (problem) => problems.push(problem));
  t.false(memory.isOff());
  memory.remember(false);
  t.true(memory.isOff());
  memory.remember(true);
  memory.remember(true);
  t.false(memory.isOff());
  t.deepEqual(readdirSync(join(folder, 'state')), []);
  t.deepEqual(problems, []);
  fileSwitchMemory('/dev/null/off-mic', (problem) => problems.push(problem)).remember(false);
  t.is(problems.length, 1);
});
