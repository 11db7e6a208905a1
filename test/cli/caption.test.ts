import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { earshot, startEarshot, toneWav } from './run-earshot.js';

const folder = mkdtempSync(join(tmpdir(), 'earshot-caption-'));
const write = (name: string, content: Buffer | string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
const short = write('short.wav', toneWav(3));
const long = write('long.wav', toneWav(13));
const garbage = write('garbage.wav', 'this is not sound, whatever its name says');
const cut = write('cut.wav', toneWav(13).subarray(0, 44 + 12 * 32_000));
const missing = join(folder, 'missing.wav');

const parse = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a line a window with its times, the last window reaching to the end of the file', async (t) => {
  const { stdout, stderr, code } = await earshot(['caption', long]);
  t.is(code, 0, stderr);
  const lines = stdout.trim().split('\n');
  t.deepEqual(lines.map((line) => line.split('  ')[0]), ['0:00-0:10', '0:02-0:12', '0:04-0:13']);
  t.true(lines.every((line) => /^\S+ {2}[A-Z].*[^.]$/.test(line)), stdout);
});

test('--json: an object a line with file, start and end in seconds, caption and confidence', async (t) => {
  const { stdout } = await earshot(['caption', '--json', '--hop', '5', long]);
  const captions = parse(stdout);
  t.deepEqual(captions.map(({ file, start, end }) => [file, start, end]), [[long, 0, 10], [long, 5, 13]]);
  for (const { caption, confidence } of captions) {
    t.is(typeof caption, 'string');
    t.true(typeof confidence === 'number' && confidence > 0 && confidence <= 1);
  }
});

test('--once: one caption a file, for its first window; unreadable files are named and the others still done', async (t) => {
  const { stdout, stderr, code } = await earshot(['caption', '--once', '--json', missing, long, garbage, folder, short]);
  t.is(code, 1);
  t.deepEqual(parse(stdout).map(({ file, start, end }) => [file, start, end]), [[long, 0, 10], [short, 0, 3]]);
  const complaints = stderr.trim().split('\n');
  t.is(complaints.length, 3, stderr);
  t.true([missing, garbage, folder].every((file, index) => complaints[index]?.startsWith(`earshot: ${file} `)), stderr);
});

test('what can be heard of a damaged file is captioned, then the damage is told', async (t) => {
  const { stdout, stderr, code } = await earshot(['caption', '--json', cut]);
  t.is(code, 1);
  t.deepEqual(parse(stdout).map(({ start, end }) => [start, end]), [[0, 10], [2, 12]]);
  t.true(stderr.startsWith(`earshot: ${cut} `) && stderr.trim().split('\n').length === 1, stderr);
});

test('a reader that has seen enough ends it quietly', async (t) => {
  const file = write('hour.wav', toneWav(600));
  const child = startEarshot(['caption', file]);
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = (await once(child, 'close')) as [number | null];
  t.is(code, 0);
  t.is(stderr, '');
});

test('a bundle that is none is told before any file is read', async (t) => {
  const { stderr, code } = await earshot(['caption', '--model', folder, short]);
  t.is(code, 78);
  t.true(stderr.includes(folder), stderr);
});

test('options that make no sense are refused with what they take', async (t) => {
  const hop = await earshot(['caption', '--hop', '0', short]);
  t.is(hop.code, 1);
  t.regex(hop.stderr, /--hop.*number above 0/);
  const tooLong = await earshot(['caption', '--hop', '11', short]);
  t.is(tooLong.code, 78);
  t.regex(tooLong.stderr, /hop_seconds: found 11; at most 10/);
  const none = await earshot(['caption']);
  t.is(none.code, 1);
  t.regex(none.stderr, /missing required argument 'files'/);
});

test('--version says what package.json says', async (t) => {
  const { stdout } = await earshot(['--version']);
  t.is(stdout.trim(), (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version);
});
