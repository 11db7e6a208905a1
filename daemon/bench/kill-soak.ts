/**
 * Starts the whole daemon again and again on sound that comes faster than life, and kills it (SIGKILL) at random moments, with
 * the broker up or down at random. Accounts for each event: what the log of a daemon tells has to arrive, by that daemon or
 * by a later one. JSON on stdout. Needs mosquitto.
 *
 *     node dist/daemon/bench/kill-soak.js FILE.wav [--kills N] [--speed N] [--seed N]
 *
 * FILE is at 32 kHz, 16 bit, mono: see repeat-sound.js. Exits with 1 where an event was lost beyond policy or came out of order.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { Command } from 'commander';
import { connectAsync } from 'mqtt';

import { seededRandom } from './seeded-random.js';
import { startSoakBroker } from './soak-broker.js';
import { createLedger } from './soak-ledger.js';

const program = new Command()
  .argument('<file>', 'a wav file')
  .option('--kills <n>', 'how often the daemon is killed', Number, 50)
  .option('--speed <n>', 'times the speed of life', Number, 20)
  .option('--seed <n>', 'of the moments', Number, 1)
  .parse();
const [file = ''] = program.args;
const { kills, speed, seed } = program.opts<{ kills: number; speed: number; seed: number }>();
/** Between a start and the kill: some daemons have not begun to listen, others have said dozens of captions. */
const longestLifeMs = 6000;

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'earshot-kills-'));
const broker = await startSoakBroker();
const ledger = createLedger();
const random = seededRandom(seed);
const subscriber = await connectAsync(broker.url, { clientId: 'kills', clean: false, reconnectPeriod: 50 });
subscriber.on('error', () => undefined);
subscriber.on('message', (topic, payload) => {
  if (topic.includes('/caption')) ledger.received(topic, (JSON.parse(payload.toString()) as { id: string }).id);
});
await subscriber.subscribeAsync('earshot/+/+/caption/#', { qos: 1 });

const command = JSON.stringify([process.execPath, here('hasty-microphone.js'), path.resolve(file), String(speed)]);
const settings = ['source.kind=command', `source.command=${command}`, 'source.name=soak', 'device.id=soak', `mqtt.url=${broker.url}`, 'home_assistant.discovery=false'];

interface Life {
  readonly daemon: ChildProcess;
  /** Ids in its log. */
  readonly told: string[];
}

function live(more: readonly string[] = []): Life {
  const daemon = spawn(process.execPath, [here('../cli/earshot.js'), 'run', ...[...settings, ...more].flatMap((setting) => ['--set', setting])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, STATE_DIRECTORY: folder },
  });
  const told: string[] = [];
  createInterface({ input: daemon.stdout }).on('line', (line) => {
    const { msg, id } = JSON.parse(line) as { msg?: string; id?: string };
    if (msg !== 'caption' || id === undefined) return;
    told.push(id);
    ledger.published(id);
  });
  return { daemon, told };
}

const lastWords = new Set<string>();
let brokerStops = 0;
let isUp = true;
for (let kill = 0; kill < kills; kill += 1) {
  const { daemon, told } = live();
  const exited = once(daemon, 'exit');
  await delay(random() * longestLifeMs);
  if (random() < 0.4) {
    await (isUp ? broker.stop() : broker.start());
    brokerStops += isUp ? 1 : 0;
    isUp = !isUp;
    await delay(random() * 1500);
  }
  daemon.kill('SIGKILL');
  await exited;
  // What it said within milliseconds of its death may not have been written: the log comes first.
  const last = told.at(-1);
  if (last !== undefined) lastWords.add(last);
}
if (!isUp) await broker.start();

// A daemon that hears nothing new delivers what is left; late events go out one in 0.1 s.
const { daemon } = live(['gate.level_dbfs=0']);
const exited = once(daemon, 'exit');
for (let before = -1, quiet = 0; quiet < 8; quiet = ledger.counts.received === before ? quiet + 1 : 0) {
  before = ledger.counts.received;
  await delay(1000);
}
daemon.kill('SIGTERM');
await exited;
await delay(1000);

const missing = ledger.missing();
const unwritten = missing.filter((id) => lastWords.has(id)).length;
const { counts } = ledger;
const report = { kills, broker_stops: brokerStops, events: { ...counts, lost_beyond_policy: missing.length - unwritten, not_yet_written_when_killed: unwritten } };
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
await subscriber.endAsync(true);
await broker.remove();
rmSync(folder, { recursive: true });
process.exitCode = missing.length === unwritten && counts.out_of_order === 0 && counts.duplicated <= kills + brokerStops && counts.received > 0 ? 0 : 1;
