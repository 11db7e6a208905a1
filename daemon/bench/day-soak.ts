/**
 * Lets the daemon hear a day, or as many windows as wanted, faster than life, and harms it at random (but the same at each
 * run of a seed): microphone, captioner, broker, clock. Accounts for each event, and watches memory and file handles.
 * JSON on stdout. Needs mosquitto.
 *
 *     node dist/daemon/bench/day-soak.js FILE.wav [--windows N] [--speed N] [--faults N] [--seed N]
 *
 * FILE is at 32 kHz, 16 bit, mono: see repeat-sound.js. Exits with 1 where an event was lost or came out of order, or where
 * memory or handles have grown.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { Command } from 'commander';
import { connectAsync } from 'mqtt';

import type { Health } from '../event/health.js';
import { sampleMemory } from './process-memory.js';
import { seededRandom } from './seeded-random.js';
import { startSoakBroker } from './soak-broker.js';
import { drawFault, inflict, type FaultName } from './soak-faults.js';
import { createLedger } from './soak-ledger.js';

const program = new Command()
  .argument('<file>', 'a wav file')
  .option('--windows <n>', 'windows to hear; a day has 43200', Number, 43_200)
  .option('--speed <n>', 'times the speed of life', Number, 40)
  .option('--faults <n>', 'faults in all', Number)
  .option('--seed <n>', 'of the faults', Number, 1)
  .parse();
const [file = ''] = program.args;
const { windows, speed, seed, faults: wanted = Math.ceil(windows / 400) } = program.opts<{ windows: number; speed: number; seed: number; faults?: number }>();

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'earshot-soak-'));
const broker = await startSoakBroker();
const ledger = createLedger();
let health: Health | undefined;
const subscriber = await connectAsync(broker.url, { clientId: 'soak', clean: false, reconnectPeriod: 50 });
subscriber.on('error', () => undefined);
subscriber.on('message', (topic, payload) => {
  if (topic.endsWith('/health')) health = JSON.parse(payload.toString()) as Health;
  else if (topic.includes('/caption')) ledger.received(topic, (JSON.parse(payload.toString()) as { id: string }).id);
});
await subscriber.subscribeAsync('earshot/#', { qos: 1 });

const command = JSON.stringify([process.execPath, here('hasty-microphone.js'), path.resolve(file), String(speed)]);
// Always 2 s, so that windows say how much sound was heard; at this speed a machine that cannot keep up skips some.
const settings = ['window.longest_hop_seconds=2', 'source.kind=command', `source.command=${command}`, 'source.name=soak', 'device.id=soak', `mqtt.url=${broker.url}`, 'home_assistant.discovery=false'];
const startedAt = performance.now();
const daemon = spawn(
  process.execPath,
  ['--max-semi-space-size=1', '--import', here('jumpy-clock.js'), here('../cli/earshot.js'), 'run', ...settings.flatMap((setting) => ['--set', setting])],
  { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, MALLOC_ARENA_MAX: '1', STATE_DIRECTORY: folder } },
);
let last: Record<string, unknown> = {};
createInterface({ input: daemon.stdout }).on('line', (line) => {
  last = JSON.parse(line) as typeof last;
  if (last['msg'] === 'caption') ledger.published(String(last['id']));
});
const ended = once(daemon, 'exit') as Promise<[number | null]>;
const isRunning = (): boolean => daemon.exitCode === null && daemon.signalCode === null;

/** The daemon's child whose command line has this in it. */
const childWith = (part: string): number | undefined =>
  read(`/proc/${daemon.pid}/task/${daemon.pid}/children`).split(' ').filter(Boolean).map(Number).find((pid) => read(`/proc/${pid}/cmdline`).includes(part));
const scene = {
  daemon: () => daemon.pid,
  captioner: () => childWith('captioner/child'),
  microphone: () => childWith('hasty-microphone'),
  broker,
  random: seededRandom(seed),
};

interface Sample {
  readonly daemonMb: number;
  readonly captionerMb: number;
  readonly handles: number;
}
const samples: Sample[] = [];
const sample = (): void => {
  const captioner = scene.captioner();
  if (daemon.pid === undefined || captioner === undefined) return;
  samples.push({ daemonMb: sampleMemory(daemon.pid).own, captionerMb: sampleMemory(captioner).own, handles: readdirSync(`/proc/${daemon.pid}/fd`).length });
};

const heard = (): number => (health === undefined ? 0 : health.windows_captioned + health.windows_gated + health.windows_skipped + health.windows_wordless + health.windows_failed);
const inflicted: Partial<Record<FaultName, number>> = {};
while (ledger.distinct() === 0 && isRunning()) await delay(100);
const beganAt = performance.now();
const expectedMs = ((windows * 2) / speed) * 1000;
let faultsLeft = wanted;
while (isRunning() && heard() < windows) {
  await delay(Math.min(10_000, expectedMs / 100));
  sample();
  const share = (performance.now() - beganAt) / expectedMs;
  // None at the end: what is under way then is to arrive.
  if (faultsLeft > wanted * (1 - share) && faultsLeft > 0 && share < 0.95) {
    const name = drawFault(scene.random);
    inflicted[name] = (inflicted[name] ?? 0) + 1;
    faultsLeft -= 1;
    await inflict(name, scene);
  }
}
// Enough time for a stalled microphone, a hanging captioner and waiting events.
const before = ledger.counts.received;
for (let quiet = 0; quiet < 40 && isRunning() && (quiet < 5 || (health?.events_waiting ?? 0) > 0 || ledger.counts.received === before); quiet += 1) await delay(1000);
daemon.kill('SIGTERM');
const [exitCode] = await ended;
await delay(2000);

if (exitCode !== 0) process.stderr.write(`the daemon has ended with ${exitCode}; its last line: ${JSON.stringify(last)}\n`);
const captioned = Number(last['windows_captioned'] ?? NaN);
const middle = (part: readonly Sample[], key: keyof Sample): number => part.map((one) => one[key]).sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? NaN;
const [early, late] = [samples.slice(Math.floor(samples.length / 4), Math.floor(samples.length / 2)), samples.slice(-Math.ceil(samples.length / 8))];
const growth = (key: keyof Sample): { start: number; end: number } => ({ start: middle(early, key), end: middle(late, key) });
// An outbox that overflows drops the oldest and counts them.
const dropped = health?.events_dropped ?? 0;
const lost = ledger.missing().length - dropped;
const report = {
  hours_of_sound: Number(((Number(last['windows_captioned']) + Number(last['windows_gated']) + Number(last['windows_skipped']) + Number(last['windows_failed'])) / 1800).toFixed(2)),
  seconds: Math.round((performance.now() - startedAt) / 1000),
  exit_code: exitCode,
  windows: { captioned, gated: last['windows_gated'], skipped: last['windows_skipped'], failed: last['windows_failed'] },
  events: { ...ledger.counts, dropped_by_policy: dropped, lost_beyond_policy: lost },
  faults: inflicted,
  captioner_restarts: health?.captioner_restarts,
  rss_mb: { daemon: growth('daemonMb'), captioner: growth('captionerMb') },
  handles: growth('handles'),
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
// The captioner starts anew now and then, and takes some hundreds of windows to its full size.
const isFlat = ({ start, end }: { start: number; end: number }, slack: number): boolean => end <= start * 1.15 + slack;
const isWell = exitCode === 0 && lost === 0 && ledger.counts.out_of_order === 0 && ledger.counts.published === captioned && isFlat(report.rss_mb.daemon, 8) && isFlat(report.rss_mb.captioner, 30) && isFlat(report.handles, 2);

await subscriber.endAsync(true);
await broker.remove();
rmSync(folder, { recursive: true });
process.exitCode = isWell ? 0 : 1;

function read(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch {
    return '';
  }
}
