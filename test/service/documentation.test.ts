import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { EarshotError } from '../../daemon/errors/earshot-error.js';
import type { CaptionEvent } from '../../daemon/event/caption-event.js';
import { createLog } from '../../daemon/log/create-log.js';

const page = readFileSync('docs/service.md', 'utf8');
const blocks = (language: string) => [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text.trim());
const commands = blocks('sh').filter((text) => text.startsWith('journalctl'));
const testWithJq = spawnSync('jq', ['--version']).status === 0 ? test : test.skip;

const event: CaptionEvent = {
  id: '1763877610000-0000',
  source: 'mic',
  caption: 'A dog barks',
  confidence: 0.41,
  level_dbfs: -31.2,
  start: '2026-11-23T06:00:00.000Z',
  end: '2026-11-23T06:00:10.000Z',
  model: 'default',
};

/** What the log writes, as journald gives it out, between lines of systemd's own. */
function journal(): string {
  const lines: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) }, now: () => 0 });
  log.info(event, 'caption');
  log.info({ ...event, caption: 'Rain falls' }, 'caption');
  log.info({ ...event, caption: 'A dog barks' }, 'caption');
  log.warn({ source: 'mic', state: 'deaf', err: new EarshotError({ code: 'SOURCE_DEVICE_MISSING', message: 'microphone x is not there', remedy: 'Plug it in' }) }, 'nothing is heard');
  log.warn({ broker: 'mqtt://host', code: 'BROKER_REFUSED', remedy: 'Start it' }, 'The broker refuses');
  const messages = ['Started earshot.service', ...lines.map((line) => line.trimEnd()), '42'];
  return messages.map((MESSAGE) => `${JSON.stringify({ MESSAGE, PRIORITY: '6', _SYSTEMD_UNIT: 'earshot.service' })}\n`).join('');
}

function runs(command: string | undefined): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-journal-'));
  writeFileSync(join(folder, 'journal'), journal());
  writeFileSync(join(folder, 'journalctl'), `#!/bin/sh\ncat ${folder}/journal\n`);
  chmodSync(join(folder, 'journalctl'), 0o755);
  const { stdout, stderr, status } = spawnSync('sh', ['-c', command ?? 'exit 1'], { encoding: 'utf8', env: { PATH: `${folder}:${process.env['PATH']}`, LC_ALL: 'C' } });
  if (status !== 0 || stderr !== '') throw new Error(`${command} failed: ${stderr}`);
  return stdout.trimEnd().split('\n');
}

testWithJq('the commands shown for the journal say what they promise', (t) => {
  const [today, wrong, often, barking] = commands;
  t.deepEqual(runs(today), ['2026-11-23T06:00:00.000Z  A dog barks', '2026-11-23T06:00:00.000Z  Rain falls', '2026-11-23T06:00:00.000Z  A dog barks']);
  t.deepEqual(runs(wrong), ['1970-01-01T00:00:00.000Z  SOURCE_DEVICE_MISSING: microphone x is not there. Plug it in', '1970-01-01T00:00:00.000Z  BROKER_REFUSED: the broker refuses. Start it']);
  t.deepEqual(runs(often).map((line) => line.trim()), ['2 A dog barks', '1 Rain falls']);
  t.deepEqual(runs(barking), ['A dog barks', 'A dog barks']);
  t.is(commands.length, 4);
});

test('the configuration shown for Loki reads the journal of this unit and fields that the log has', (t) => {
  const { scrape_configs: [job] } = parse(blocks('yaml')[0]!) as { scrape_configs: { journal: { matches: string }; pipeline_stages: Record<string, Record<string, unknown>>[] }[] };
  t.is(job?.journal.matches, '_SYSTEMD_UNIT=earshot.service');
  const stages = Object.assign({}, ...job!.pipeline_stages) as Record<string, Record<string, unknown>>;
  const line = JSON.parse((JSON.parse(journal().split('\n')[1]!) as { MESSAGE: string }).MESSAGE) as object;
  const read = Object.values(stages['json']!['expressions'] as Record<string, string>);
  t.true(read.every((field) => field in line), read.join());
  for (const label of Object.keys(stages['labels']!)) t.true(read.includes(label), label);
});

test('every field of a caption, and those of every line, are in the table of names that stay', (t) => {
  const names = [...page.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  for (const field of ['level', 'code', 'broker', 'time', 'msg', 'left_out', 'err.code', ...Object.keys(event)]) t.true(names.includes(field), field);
});
