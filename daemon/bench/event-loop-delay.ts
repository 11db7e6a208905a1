/**
 * Runs the daemon on a capture program that plays a wav of repeat-sound.js faster than life, and measures how late its event loop is; JSON on stdout.
 *
 *     node dist/daemon/bench/event-loop-delay.js FILE.wav [--speed N] [--seconds N] [--most-ms N]
 *
 * The captioner is in its child process, as always; the broker is the embedded one, in this process. The figures hold the
 * millisecond by which a loop with nothing to do is late. Exits with 1 where the 99th percentile is above the bound.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

import { Command } from 'commander';

import { loadBundle } from '../bundle/load-bundle.js';
import { superviseCaptioner } from '../captioner/supervise-captioner.js';
import { modelDirectory } from '../cli/model-directory.js';
import { loadConfig } from '../config/load-config.js';
import { createLog } from '../log/create-log.js';
import { openSource } from '../run/open-source.js';
import { runDaemon } from '../run/run-daemon.js';
import { createNotifier } from '../service/notifier.js';
import { freePort } from './loopback-ports.js';

const program = new Command()
  .argument('<file>', 'a wav file, 16-bit mono at the rate of the model')
  .option('--speed <n>', 'times as fast as life', Number, 20)
  .option('--seconds <n>', 'how long to measure', Number, 60)
  .option('--most-ms <n>', 'bound of the 99th percentile', Number, 20)
  .parse();
const [file = ''] = program.args;
const { speed, seconds, mostMs } = program.opts<{ speed: number; seconds: number; mostMs: number }>();

const microphone = fileURLToPath(new URL('./hasty-microphone.js', import.meta.url));
const stop = new AbortController();
const delay = monitorEventLoopDelay({ resolution: 1 });
const counts = { caption: 0, warn: 0 };
let startedAt = 0;
let cpu = process.cpuUsage();

function read(line: string): void {
  if (line.includes('"level":"warn"')) counts.warn += 1;
  if (!line.includes('"msg":"caption"')) return;
  if (startedAt === 0) begin();
  counts.caption += 1;
}

function begin(): void {
  startedAt = performance.now();
  delay.enable();
  cpu = process.cpuUsage();
  setTimeout(() => {
    delay.disable();
    cpu = process.cpuUsage(cpu);
    stop.abort('measured');
  }, seconds * 1000);
}

const { config: defaults } = loadConfig({ environment: {}, assignments: [`embedded_broker.port=${await freePort()}`] });
const bundle = await loadBundle(modelDirectory(defaults.model));
const { sample_rate: rate } = bundle.manifest.audio;
const config = { ...defaults, source: { ...defaults.source, command: [process.execPath, microphone, file, String(speed)] } };
const log = createLog({ level: 'info', destination: { write: read } });
const source = await openSource(config, rate, log);
const notifier = createNotifier({ environment: {}, onProblem: () => undefined });
await runDaemon({ config, bundle, source, startCaptioner: superviseCaptioner, version: 'bench', log, notifier }, stop.signal);

const ms = (nanoseconds: number): number => Number((nanoseconds / 1e6).toFixed(2));
const p99 = ms(delay.percentile(99));
const report = {
  speed,
  seconds,
  captions_per_second: Number((counts.caption / seconds).toFixed(1)),
  main_process_cpu: Number(((cpu.user + cpu.system) / 1e6 / seconds).toFixed(3)),
  event_loop_delay_ms: { p50: ms(delay.percentile(50)), p99, p999: ms(delay.percentile(99.9)), max: ms(delay.max) },
  warnings: counts.warn,
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
process.exit(p99 <= mostMs ? 0 : 1);
