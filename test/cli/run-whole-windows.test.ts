import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { centeredBundle } from '../helpers/tiny-bundle.js';
import { followLog } from './follow-log.js';
import { startListener } from './listener.js';
import { earshot, startEarshot, toneWav } from './run-earshot.js';

/** A model whose encoder sees windows of 75 ms as a whole, at 8 kHz; here one begins every 50 ms. */
const sound = join(mkdtempSync(join(tmpdir(), 'earshot-whole-')), 'tone.wav');
writeFileSync(sound, toneWav(1));

test('a file of another rate is captioned by a model that sees windows as a whole', async (t) => {
  const { stdout, stderr, code } = await earshot(['caption', '--json', '--model', centeredBundle, '--hop', '0.05', sound]);
  t.is(code, 0, stderr);
  const spans = stdout.trim().split('\n').map((line) => JSON.parse(line) as { start: number; end: number });
  t.is(spans.length, 20);
  t.like(spans[1], { start: 0.05, end: 0.125 });
});

test('a microphone is listened to with a model that sees windows as a whole', async (t) => {
  const options = ['--model', centeredBundle, '--set', 'window.hop_seconds=0.05', '--broker', (await startListener(t)).url, '--microphone', 'plughw:CARD=Fake'];
  const child = startEarshot(['run', ...options], { PATH: [resolve('test/cli/fixtures/endless'), process.env['PATH']].join(':') });
  t.teardown(() => child.kill('SIGKILL'));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const log = followLog(child);
  await log.line('caption', 3);
  child.kill('SIGTERM');
  t.deepEqual(await closed, [0, null]);
  t.deepEqual(log.lines.filter(({ level }) => level === 'error'), []);
});
