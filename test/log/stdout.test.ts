import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { goesToJournal } from '../../daemon/log/stdout.js';

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}.js`, import.meta.url));

test('no line is lost when the process is killed', async (t) => {
  const child = spawn(process.execPath, [fixture('log-and-die')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = await text(child.stdout);
  t.is(output.trim().split('\n').length, 100);
});

test('lines carry a priority when stdout is the stream of the journal, and only then', async (t) => {
  const file = join(await mkdtemp(join(tmpdir(), 'earshot-log-')), 'journal');
  const descriptor = openSync(file, 'w');
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  for (const stream of [`${dev}:${ino}`, `${dev}:1`]) {
    const child = spawn(process.execPath, [fixture('log-and-die')], { stdio: ['ignore', descriptor, 'inherit'], env: { ...process.env, JOURNAL_STREAM: stream } });
    await once(child, 'close');
  }
  closeSync(descriptor);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  t.is(lines.filter((line) => line.startsWith('<6>{')).length, 100);
  t.is(lines.filter((line) => line.startsWith('{')).length, 100);
  t.false(goesToJournal({ JOURNAL_STREAM: '' }, 1));
});

test('a reader that goes away does not end the daemon', async (t) => {
  const child = spawn(process.execPath, [fixture('log-on')], { stdio: ['ignore', 'pipe', 'pipe'] });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  t.is(await text(child.stderr), 'alive\n');
});
