import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import test from 'ava';

import { keepListening } from '../../daemon/source/keep-listening.js';
import { createMicrophoneSource } from '../../daemon/source/microphone-source.js';
import { SourceError } from '../../daemon/source/source-error.js';
import { systemClock } from '../../daemon/time/clock.js';
import { systemTimers } from '../../daemon/time/timers.js';
import { concatenate, hear, writeSound } from './sound.js';

const alsaDefaults = '/usr/share/alsa/alsa.conf';
const isInstalled = spawnSync('arecord', ['--version']).status === 0 && existsSync(alsaDefaults);
const arecordTest = isInstalled ? test.serial : test.serial.skip;
const why = isInstalled ? ', by the real arecord' : ' (skipped: alsa-utils is not installed)';

const samples = Int16Array.from({ length: 64_000 }, (_, i) => Math.round(20_000 * Math.sin(i * i * 1e-4)));
const recording = writeSound('microphone.raw', Buffer.from(samples.buffer));
// A microphone without a sound card: ALSA's file plugin reads the recording where a card would be read.
const plugged = `
<${alsaDefaults}>
pcm.fakemic { type file slave.pcm "nullcap" file "/dev/null" infile "${recording}" format "raw" }
pcm.nullcap { type null }
`;
const unplugged = `<${alsaDefaults}>\n`;
process.env.ALSA_CONFIG_PATH = writeSound('asound.conf', plugged);
// Real timers: an arecord that is stuck in a full pipe goes only when it is killed.
const microphone = (device: string) => createMicrophoneSource({ name: 'microphone', device, sampleRate: 32000, timers: systemTimers });

arecordTest(`the samples of a microphone come in bit by bit as ALSA delivers them${why}`, async (t) => {
  const abort = new AbortController();
  const chunks: Float32Array[] = [];
  let length = 0;
  for await (const chunk of microphone('fakemic').stream(abort.signal)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= samples.length) abort.abort();
  }
  t.deepEqual(concatenate(chunks).subarray(0, samples.length), Float32Array.from(samples, (sample) => sample / 2 ** 15));
});

arecordTest(`a microphone that does not exist is told as the real arecord tells it${why}`, async (t) => {
  for (const device of ['plughw:CARD=Nope', 'nonsense']) {
    const { error } = await hear(microphone(device).stream(new AbortController().signal));
    t.like(error, { code: 'SOURCE_DEVICE_MISSING' });
    t.regex((error as Error).message, new RegExp(`^microphone ${device} is not there \\(arecord: audio open error: `));
  }
});

arecordTest(`a microphone that floods is read no faster than it is taken${why}`, async (t) => {
  const abort = new AbortController();
  let largest = 0;
  let length = 0;
  for await (const chunk of microphone('null').stream(abort.signal)) {
    largest = Math.max(largest, chunk.length);
    length += chunk.length;
    if (length > 2e6) abort.abort();
  }
  t.true(largest <= 65_536, `a chunk of ${largest} samples`);
  t.true(length < 2.3e6);
});

arecordTest(`a microphone that is plugged in after the start is heard as soon as it is looked for again${why}`, async (t) => {
  writeSound('asound.conf', unplugged);
  t.teardown(() => void writeSound('asound.conf', plugged));
  const told: string[] = [];
  const kept = keepListening(microphone('fakemic'), {
    sampleRate: 32_000,
    clock: systemClock,
    timers: systemTimers,
    random: Math.random,
    backOff: { firstMs: 10, longestMs: 10 },
    onGap: () => t.fail('there was no sound to be missed'),
    onState(state, reason) {
      told.push(reason instanceof SourceError ? `${state} ${reason.code}` : state);
      writeSound('asound.conf', plugged);
    },
  });
  for await (const chunk of kept.stream(new AbortController().signal)) {
    t.deepEqual([...chunk.subarray(0, 100)], [...samples.subarray(0, 100)].map((sample) => sample / 2 ** 15), 'from its first sample on');
    break;
  }
  t.deepEqual(told, ['recovering SOURCE_DEVICE_MISSING', 'listening']);
});
