/**
 * Runs the daemon on a recording, as fast as it goes and again and again, and watches its memory; JSON on stdout.
 *
 *     node dist/daemon/bench/soak.js FILE [--windows N] [--most-mb N]
 *
 * Exits with 1 where memory is above the bound after that, grows, or the daemon ends in another way than in order.
 * The peak of both processes together comes at the start, while the child opens the model.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { Command } from 'commander';

import { sampleMemory, type MemorySample } from './process-memory.js';

const program = new Command()
  .argument('<file>', 'a sound file')
  .option('--windows <n>', 'captions to wait for', Number, 10_000)
  .option('--most-mb <n>', 'bound of the memory of daemon and child in the last quarter, pages they share counted once', Number, 160)
  .parse();
const [file = ''] = program.args;
const { windows, mostMb } = program.opts<{ windows: number; mostMb: number }>();

const settings = ['source.kind=file', `source.file=${file}`, 'source.real_time=false', 'source.loop=true', 'embedded_broker.port=18899'];
const earshot = fileURLToPath(new URL('../cli/earshot.js', import.meta.url));
const startedAt = performance.now();
// As systemd/earshot.service starts it.
const command = ['--max-semi-space-size=1', earshot, 'run', ...settings.flatMap((setting) => ['--set', setting])];
const state = mkdtempSync(path.join(tmpdir(), 'earshot-soak-'));
const environment = { ...process.env, MALLOC_ARENA_MAX: '1', STATE_DIRECTORY: state };
const daemon = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'], env: environment });
const ended = once(daemon, 'exit');

const samples: MemorySample[] = [];
let captions = 0;
let firstCaptionMs = 0;
for await (const line of createInterface({ input: daemon.stdout })) {
  if (!line.includes('"msg":"caption"')) continue;
  captions += 1;
  firstCaptionMs ||= performance.now() - startedAt;
  if (captions % Math.ceil(windows / 200) === 0 && daemon.pid !== undefined) samples.push(sampleMemory(daemon.pid));
  if (captions === windows) daemon.kill('SIGTERM');
}
const [exitCode] = (await ended) as [number | null];
rmSync(state, { recursive: true });

const peak = Math.max(...samples.map(({ pss }) => pss));
const [early, late] = [samples.slice(samples.length / 4, samples.length / 2), samples.slice(-samples.length / 4)].map(median);
const report = {
  captions,
  seconds: Math.round((performance.now() - startedAt) / 1000),
  first_caption_ms: Math.round(firstCaptionMs),
  exit_code: exitCode,
  memory_mb: { peak, second_quarter: early, last_quarter: late },
  rss_mb_peak: { main_process: Math.max(...samples.map(({ own }) => own)), both_processes_summed: Math.max(...samples.map(({ rss }) => rss)) },
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
// Quarters of a steady run differ by up to 7 %.
const isGrowing = (late ?? 0) > (early ?? 0) * 1.1;
process.exitCode = captions >= windows && exitCode === 0 && (late ?? Infinity) <= mostMb && !isGrowing ? 0 : 1;

function median(of: readonly MemorySample[]): number {
  return of.map(({ pss }) => pss).sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? NaN;
}
