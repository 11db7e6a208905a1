import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../daemon/bench/seeded-random.js';
import { mosquitto, mosquittoTest } from '../publish/helpers/mosquitto.js';
import { captionTopic, lateTopic, numbers } from '../publish/helpers/publisher.js';
import { subscribe } from '../publish/helpers/subscriber.js';
import { until } from '../publish/helpers/until.js';
import { account } from './helpers/account.js';

/** test/slow/sigkill.sh asks for more. */
const kills = Number(process.env['EARSHOT_KILLS'] ?? 4);
const seed = Number(process.env['EARSHOT_SEED'] ?? 4);
const fixture = fileURLToPath(new URL('./fixtures/caption-until-killed.js', import.meta.url));

mosquittoTest('a daemon killed at random moments, with the broker up or down at random, loses nothing it had kept and repeats one event a kill at most', async (t) => {
  t.timeout(600_000);
  const folder = await mkdtemp(join(tmpdir(), 'earshot-kills-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const ledger = join(folder, 'ledger');
  const noted = (what: string): number[] =>
    (existsSync(ledger) ? readFileSync(ledger, 'utf8') : '').split('\n').flatMap((line) => (line.startsWith(what) ? [Number(line.slice(what.length))] : []));

  // A broker that keeps what a subscriber has not heard yet, over its own restarts too.
  const broker = await mosquitto(t, { config: 'persistence true\npersistence_location ./\nmax_queued_messages 0' });
  await broker.start();
  const subscriber = await subscribe(t, broker.url, { clean: false, clientId: 'faithful' });
  let brokerStops = 0;
  let starts = 1;
  const isUp = (): boolean => starts > brokerStops;
  const toggle = async (): Promise<void> => {
    if (isUp()) {
      brokerStops += 1;
      await broker.stop('SIGTERM');
    } else {
      await broker.start();
      starts += 1;
    }
  };
  const start = (count: number) => {
    const first = Math.max(0, ...noted('made')) + 1;
    const child = spawn(process.execPath, [fixture, broker.url, join(folder, 'outbox'), ledger, String(first), String(count)], { stdio: ['ignore', 'ignore', 'inherit'] });
    t.teardown(() => child.kill('SIGKILL'));
    return { child, hasEnded: () => child.exitCode !== null, exit: once(child, 'exit') };
  };

  const random = seededRandom(seed);
  for (const _ of numbers(1, kills)) {
    // Drawn together, so that the series is the same however long things take.
    const [early, moment, toggleFirst, toggleLater] = [random(), random(), random(), random()] as const;
    if (toggleFirst < 0.4) await toggle();
    const { child, exit, hasEnded } = start(100_000);
    // Some kills meet the daemon as it starts, some as it keeps, some as it delivers: by events, however fast the machine is.
    const progress = (): number => (isUp() && early > 0.6 ? subscriber.received.length : noted('kept').length);
    const before = progress();
    if (early < 0.2) await delay(moment * 1000);
    else await until(() => progress() > before + moment * 80 || hasEnded());
    if (hasEnded()) return t.fail('it ended by itself');
    const toggling = toggleLater < 0.4 ? toggle() : undefined;
    await delay((toggleLater * 1000) % 20);
    child.kill('SIGKILL');
    await exit;
    await toggling;
  }
  if (!isUp()) await toggle();
  const [code] = (await start(0).exit) as [number];
  t.is(code, 0);
  // What the broker has of the daemon comes before this.
  await subscriber.client.publishAsync('end', 'end', { qos: 1 });
  await subscriber.waitFor('end');

  const numberOf = ({ id }: { readonly id: string }): number => Number(id.slice(-5));
  const heard = [captionTopic, lateTopic].map((topic) => subscriber.captions(topic).map(numberOf));
  const all = heard.flat();
  const kept = [...new Set(noted('kept'))].sort((a, b) => a - b);
  const made = noted('made');
  const lost = kept.filter((number) => !all.includes(number));
  const duplicated = all.length - new Set(all).size;
  const outOfOrder = heard.map((topic) => account([...new Set(topic)].sort((a, b) => a - b).map(String), topic.map(String)).outOfOrder);
  const figures = {
    seed,
    kills,
    brokerStops,
    made: made.length,
    kept: kept.length,
    heardAtOnce: heard[0]?.length,
    heardLate: heard[1]?.length,
    lost: lost.length,
    duplicated,
    outOfOrder,
    // Killed between making an event and writing it: as if it had not been heard. How many depends on the disk's pace.
    unwritten: made.filter((number) => !kept.includes(number) && !all.includes(number)).length,
  };
  t.log(figures);
  t.deepEqual(lost, []);
  t.deepEqual(outOfOrder, [0, 0]);
  // What was on its way when daemon or broker ended may come again, with the same id.
  t.true(duplicated <= kills + brokerStops, `${duplicated}`);
  // Or else the test has met no moment that matters.
  t.true(kept.length > kills && all.length > kills);
  t.true(all.every((number) => made.includes(number)));
});
