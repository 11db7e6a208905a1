import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile, chmod, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { OutboxOptions } from '../../../daemon/publish/delivery/outbox.js';
import { createDurableOutbox } from '../../../daemon/publish/store/durable-outbox.js';
import { journalFolder, type JournalFolder } from '../../../daemon/publish/store/journal-folder.js';
import { defaultKeep } from '../../../daemon/publish/store/keep-journal.js';
import { manualTime } from '../helpers/manual-time.js';
import { event, numbers } from '../helpers/publisher.js';
import { recordedLog } from '../helpers/recorded-log.js';
import { until } from '../helpers/until.js';

const hour = 3_600_000;
const start = Date.UTC(2026, 10, 23);

async function folderFor(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-outbox-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return join(folder, 'outbox');
}

/** One life of a daemon, on a clock of its own. */
function live(t: ExecutionContext, folder: string | JournalFolder, { now = start, tidyBytes = defaultKeep.tidyBytes, ...bounds }: Partial<OutboxOptions> & { now?: number; tidyBytes?: number } = {}) {
  const time = manualTime(now);
  const { log, lines, codes } = recordedLog();
  const drops: string[] = [];
  let readies = 0;
  const place = typeof folder === 'string' ? journalFolder(folder) : folder;
  const outbox = createDurableOutbox(
    { capacity: 1000, expireAfterMs: hour, ...bounds },
    place,
    { ...time, random: () => 0.5, log, onDrop: (reason, { caption }) => drops.push(`${reason}: ${caption}`), onReady: () => (readies += 1) },
    { ...defaultKeep, tidyBytes },
  );
  t.teardown(() => outbox.close());
  const ready = (): Promise<void> => until(() => readies > 0 && outbox.state() === 'disk');
  return {
    outbox,
    time,
    lines,
    codes,
    drops,
    ready,
    /** Takes and delivers so many, or all. */
    async deliver(count = Number.POSITIVE_INFINITY): Promise<number[]> {
      const delivered: number[] = [];
      while (delivered.length < count && outbox.waiting() > 0) {
        const entry = outbox.take();
        if (entry === undefined) await until(() => outbox.take() !== undefined || outbox.waiting() === 0);
        else {
          delivered.push(Number(entry.event.id.slice(-4)));
          outbox.settle('delivered');
        }
      }
      return delivered;
    },
  };
}

const journalOf = (folder: string): Promise<string> => readFile(join(folder, 'journal'), 'utf8');

test('what waits when a daemon ends is delivered by the next, in order', async (t) => {
  const folder = await folderFor(t);
  const first = live(t, folder);
  await first.ready();
  for (const number of numbers(1, 5)) first.outbox.add(event(number));
  t.deepEqual(await first.deliver(2), [1, 2]);
  await first.outbox.close();

  const second = live(t, folder, { now: start + 1000 });
  await second.ready();
  t.is(second.outbox.waiting(), 3);
  second.outbox.add(event(6));
  t.deepEqual(await second.deliver(), [3, 4, 5, 6]);
  await second.outbox.close();
  t.is(live(t, folder).outbox.waiting(), 0);
});

test('an event can be taken once it has been written, and the next once the departure has been', async (t) => {
  const folder = await folderFor(t);
  const { outbox, ready } = live(t, folder);
  await ready();
  outbox.add(event(1));
  outbox.add(event(2));
  t.is(outbox.take(), undefined);
  await until(() => outbox.take() !== undefined);
  t.regex(await journalOf(folder), /Dog 1 barks.*\n.*Dog 2 barks/);
  outbox.settle('delivered');
  t.is(outbox.take(), undefined);
  await until(() => outbox.take() !== undefined);
  t.regex(await journalOf(folder), /"done":"1763877600000-0001"/);
});

test('events that come before the journal has been read wait behind those in it', async (t) => {
  const folder = await folderFor(t);
  const first = live(t, folder);
  first.outbox.add(event(1));
  await first.outbox.close();
  const second = live(t, folder);
  second.outbox.add(event(2));
  t.is(second.outbox.take(), undefined);
  await second.ready();
  t.deepEqual(await second.deliver(), [1, 2]);
});

test('an event of an earlier life is never fresh, whatever the clock says', async (t) => {
  const folder = await folderFor(t);
  const first = live(t, folder);
  first.outbox.add(event(1));
  await first.outbox.close();
  const second = live(t, folder);
  await second.ready();
  await until(() => second.outbox.take() !== undefined);
  second.outbox.putBack();
  t.is(second.outbox.take(5000), undefined);
});

test('time counts on between two lives, and what has become too old is told', async (t) => {
  const folder = await folderFor(t);
  const first = live(t, folder);
  first.outbox.add(event(1));
  first.time.pass(hour / 2);
  first.outbox.add(event(2));
  await first.outbox.close();
  const second = live(t, folder, { now: start + 1.25 * hour });
  await second.ready();
  t.deepEqual(second.drops, ['expired: Dog 1 barks']);
  const taken = second.outbox.take();
  t.is(taken?.event.caption, 'Dog 2 barks');
  t.is(taken?.expiresInMs, hour / 4);
});

test('a clock that has fallen back loses nothing, and keeps nothing for ever', async (t) => {
  const folder = await folderFor(t);
  const first = live(t, folder);
  first.outbox.add(event(1));
  await first.outbox.close();
  // A board without a clock of its own begins where it likes.
  const second = live(t, folder, { now: 1000 });
  await second.ready();
  t.is(second.outbox.take()?.expiresInMs, hour);
  second.outbox.putBack();
  second.time.pass(hour);
  t.is(second.outbox.take(), undefined);
  t.deepEqual(second.drops, ['expired: Dog 1 barks']);
});

test('a clock that learns the time while events wait makes none of them old in the next life', async (t) => {
  const folder = await folderFor(t);
  const first = live(t, folder, { now: 1000 });
  await first.ready();
  first.outbox.add(event(1));
  await until(() => first.outbox.take() !== undefined);
  first.outbox.putBack();
  first.time.setClock(start);
  first.time.pass(60_000);
  await until(() => first.outbox.take() !== undefined);
  first.outbox.putBack();
  // Killed: nothing is closed.
  await until(async () => (await journalOf(folder)).includes(`"at":${start}`));
  await first.outbox.close();
  const second = live(t, folder, { now: start + hour / 2 });
  await second.ready();
  t.is(second.outbox.take()?.expiresInMs, hour / 2);
});

test('the newest are kept, in the journal too', async (t) => {
  const folder = await folderFor(t);
  const first = live(t, folder, { capacity: 3 });
  for (const number of numbers(1, 10)) first.outbox.add(event(number));
  t.is(first.outbox.dropped(), 7);
  await first.outbox.close();
  const second = live(t, folder);
  await second.ready();
  t.deepEqual(await second.deliver(), [8, 9, 10]);
});

test('the journal is written anew before it grows large', async (t) => {
  const folder = await folderFor(t);
  const { outbox, ready, deliver } = live(t, folder, { tidyBytes: 4096 });
  await ready();
  for (const number of numbers(1, 200)) {
    outbox.add(event(number));
    await deliver();
    t.true((await stat(join(folder, 'journal'))).size < 6000);
  }
  t.deepEqual(await readdir(folder), ['journal']);
});

test('nobody else can read the journal or look into its folder', async (t) => {
  const folder = await folderFor(t);
  const { outbox } = live(t, folder);
  outbox.add(event(1));
  await outbox.close();
  t.is((await stat(folder)).mode & 0o777, 0o700);
  t.is((await stat(join(folder, 'journal'))).mode & 0o777, 0o600);
});

test('a folder that was there keeps its mode', async (t) => {
  const folder = await folderFor(t);
  await mkdir(folder);
  await chmod(folder, 0o755);
  const { ready } = live(t, folder);
  await ready();
  t.is((await stat(folder)).mode & 0o777, 0o755);
});

test('a link in the place of the journal is not followed, but put out of the way', async (t) => {
  const folder = await folderFor(t);
  await mkdir(folder);
  const elsewhere = join(folder, '..', 'elsewhere');
  await writeFile(elsewhere, 'precious');
  for (const name of ['journal', 'journal.new']) await symlink(elsewhere, join(folder, name));
  const { outbox, ready, codes } = live(t, folder);
  await ready();
  outbox.add(event(1));
  await outbox.close();
  t.is(await readFile(elsewhere, 'utf8'), 'precious');
  t.regex(await journalOf(folder), /Dog 1 barks/);
  t.deepEqual(codes(), ['OUTBOX_DAMAGED']);
});

test('a damaged journal gives what can be read, is set aside and told; three such files are kept', async (t) => {
  const folder = await folderFor(t);
  const first = live(t, folder);
  for (const number of numbers(1, 3)) first.outbox.add(event(number));
  await first.outbox.close();
  for (const round of numbers(1, 5)) {
    const damaged = (await journalOf(folder)).replace('Dog 2 barks', `Dog ${round} bites`);
    await writeFile(join(folder, 'journal'), `${damaged}round ${round}\n`);
    const next = live(t, folder);
    await next.ready();
    t.is(next.outbox.waiting(), 2);
    t.deepEqual(next.codes(), ['OUTBOX_DAMAGED']);
    t.regex(next.lines.find(({ code }) => code === 'OUTBOX_DAMAGED')!.message, /journal\.damaged-1; 2 events could be read/);
    await next.outbox.close();
  }
  t.deepEqual((await readdir(folder)).sort(), ['journal', 'journal.damaged-1', 'journal.damaged-2', 'journal.damaged-3']);
  t.regex(await readFile(join(folder, 'journal.damaged-1'), 'utf8'), /round 5/);
  t.regex(await readFile(join(folder, 'journal.damaged-3'), 'utf8'), /round 3/);
});

test('a folder serves one daemon; a second goes on in memory, says so, and takes over when the first has gone', async (t) => {
  const folder = await folderFor(t);
  const first = live(t, folder);
  await first.ready();
  first.outbox.add(event(1));
  const second = live(t, folder);
  await until(() => second.codes().length > 0);
  t.deepEqual(second.codes(), ['OUTBOX_IN_USE']);
  t.regex(second.lines[0]!.message, /another Earshot uses it.*kept in memory/);
  second.outbox.add(event(2));
  t.is(second.outbox.state(), 'failing');
  t.is(second.outbox.take()?.event.caption, 'Dog 2 barks');
  second.outbox.putBack();

  await first.outbox.close();
  second.time.pass(1000);
  await second.ready();
  t.deepEqual(second.codes(), ['OUTBOX_IN_USE']);
  t.regex(second.lines.at(-1)!.message, /kept on disk again/);
  t.deepEqual(await second.deliver(), [1, 2]);
});
