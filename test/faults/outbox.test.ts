import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { seededRandom } from '../../daemon/bench/seeded-random.js';
import { createDurableOutbox } from '../../daemon/publish/store/durable-outbox.js';
import { defaultKeep } from '../../daemon/publish/store/keep-journal.js';
import { journalFolder, type JournalFolder } from '../../daemon/publish/store/journal-folder.js';
import { manualTime } from '../publish/helpers/manual-time.js';
import { event, numbers } from '../publish/helpers/publisher.js';
import { recordedLog } from '../publish/helpers/recorded-log.js';
import { until } from '../publish/helpers/until.js';
import { shakyFolder } from './helpers/shaky-folder.js';

/** One life of a daemon, whose clock goes on by leaps; so its patience has no end, unless a test is about that. */
function live(t: ExecutionContext, folder: JournalFolder, { patienceMs = 1e12 } = {}) {
  const time = manualTime();
  const { log, lines, codes } = recordedLog();
  const outbox = createDurableOutbox(
    { capacity: 1000, expireAfterMs: 3_600_000 },
    folder,
    { ...time, random: () => 0.5, log, onDrop: () => t.fail('nothing may be dropped'), onReady: () => undefined },
    { ...defaultKeep, patienceMs },
  );
  t.teardown(() => outbox.close());
  const take = async (): Promise<string | undefined> => {
    let taken = outbox.take();
    while (taken === undefined && outbox.waiting() > 0) {
      await nextTurn();
      taken = outbox.take();
    }
    return taken?.event.id;
  };
  return {
    outbox,
    time,
    lines,
    codes,
    async deliverAll(): Promise<string[]> {
      const delivered: string[] = [];
      for (let id = await take(); id !== undefined; id = await take()) {
        delivered.push(id);
        outbox.settle('delivered');
      }
      return delivered;
    },
    /** The disk has done all it was asked to. */
    async settled(): Promise<void> {
      if ((await take()) !== undefined) outbox.putBack();
      for (const _ of numbers(1, 20)) await nextTurn();
    },
    recovered: () => until(() => lines.at(-1)?.message.includes('kept on disk again') === true),
  };
}

const ids = (from: number, to: number): string[] => numbers(from, to).map((number) => event(number).id);

const said: Readonly<Record<string, string>> = {
  ENOSPC: 'OUTBOX_DISK_FULL',
  EDQUOT: 'OUTBOX_DISK_FULL',
  EROFS: 'OUTBOX_READ_ONLY',
  EACCES: 'OUTBOX_FORBIDDEN',
  EIO: 'OUTBOX_DISK_FAILED',
};
for (const step of ['lock', 'read', 'replace', 'append', 'sync'] as const) {
  for (const [code, name] of Object.entries(said)) {
    test(`a disk that answers ${code} to ${step} is told once, costs nothing, and is used again when it is well`, async (t) => {
      const disk = shakyFolder();
      const { outbox, time, lines, codes, recovered, settled, deliverAll } = live(t, disk.folder);
      const isLater = step === 'append' || step === 'sync';
      if (isLater) await settled();
      disk.fail(step, code);
      if (isLater) disk.fail('replace', code);
      for (const number of [1, 2, 3]) outbox.add(event(number));
      await settled();
      if (step === 'sync') time.pass(1000);
      await until(() => outbox.state() === 'failing');
      // Tried again and again, and said no more.
      for (const _ of numbers(1, 10)) {
        time.pass(60_000);
        await settled();
      }
      t.is(outbox.state(), 'failing');
      t.deepEqual(codes(), [name]);
      t.regex(lines.find((line) => line.code === name)!.message, /\/shaky: .*kept in memory/);

      disk.fail('replace', undefined);
      disk.fail(step, undefined);
      time.pass(60_000);
      await recovered();
      t.is(outbox.state(), 'disk');
      outbox.add(event(4));
      await settled();
      const next = live(t, disk.afterPowerCut(1));
      await until(() => next.outbox.waiting() === 4);
      t.deepEqual(await deliverAll(), ids(1, 4));
      t.deepEqual(await next.deliverAll(), ids(1, 4));
    });
  }
}

test('a disk that does not answer holds events back for 2 s and no longer, and has them all when it answers', async (t) => {
  const disk = shakyFolder();
  const { outbox, time, codes, recovered, settled, deliverAll } = live(t, disk.folder, { patienceMs: defaultKeep.patienceMs });
  outbox.add(event(1));
  await settled();
  disk.hang();
  outbox.add(event(2));
  await nextTurn();
  time.pass(1999);
  t.is(outbox.take(), undefined);
  time.pass(1);
  t.deepEqual(codes(), ['OUTBOX_DISK_SLOW']);
  t.is(outbox.take()?.event.id, event(1).id);
  outbox.settle('delivered');
  for (const number of numbers(3, 5)) outbox.add(event(number));
  time.pass(600_000);
  disk.answer();
  for (const _ of numbers(1, 20)) await nextTurn();
  time.pass(1000);
  await recovered();
  t.deepEqual(codes(), ['OUTBOX_DISK_SLOW']);
  const next = live(t, disk.afterPowerCut(0));
  await until(() => next.outbox.waiting() === 4);
  t.deepEqual(await next.deliverAll(), ids(2, 5));
  t.deepEqual(await deliverAll(), ids(2, 5));
});

test('a power cut at any moment costs what came in the last second, and repeats what left in it', async (t) => {
  const totals = { cuts: 0, lost: 0, lostOlder: 0, repeated: 0, repeatedOlder: 0, outOfOrder: 0 };
  for (const seed of numbers(1, 60)) {
    const random = seededRandom(seed);
    const disk = shakyFolder();
    const { outbox, time, settled } = live(t, disk.folder);
    const added = new Map<string, number>();
    const left = new Map<string, number>();
    let number = 0;
    for (const _ of numbers(1, 5 + Math.floor(random() * 60))) {
      const chance = random();
      if (chance < 0.4) {
        outbox.add(event((number += 1)));
        added.set(event(number).id, time.clock.elapsed());
      } else if (chance < 0.6) {
        const id = outbox.take()?.event.id;
        if (id !== undefined) {
          outbox.settle('delivered');
          left.set(id, time.clock.elapsed());
        }
      } else {
        time.pass(random() * 700);
      }
      await settled();
    }
    const next = live(t, disk.afterPowerCut(random()));
    await next.settled();
    for (const _ of numbers(1, 20)) await nextTurn();
    const found = await next.deliverAll();
    const age = (when: number | undefined): number => time.clock.elapsed() - (when ?? 0);
    const lost = [...added.keys()].filter((id) => !left.has(id) && !found.includes(id));
    const repeated = found.filter((id) => left.has(id));
    totals.cuts += 1;
    totals.lost += lost.length;
    totals.lostOlder += lost.filter((id) => age(added.get(id)) > 1000).length;
    totals.repeated += repeated.length;
    totals.repeatedOlder += repeated.filter((id) => age(left.get(id)) > 1000).length;
    totals.outOfOrder += found.filter((id, index) => index > 0 && id < found[index - 1]!).length;
  }
  t.log(totals);
  t.like(totals, { cuts: 60, lostOlder: 0, repeatedOlder: 0, outOfOrder: 0 });
  // Or else the test has met no moment that matters.
  t.true(totals.lost > 0 && totals.repeated > 0);
});

test('events that the broker takes at once are written, and synced only where the journal is written anew', async (t) => {
  const disk = shakyFolder();
  const { outbox, time, deliverAll, settled } = live(t, disk.folder);
  await settled();
  const start = { ...disk.counts };
  const payload = Buffer.byteLength(JSON.stringify(event(1)));
  for (const number of numbers(1, 1000)) {
    outbox.add(event(number));
    await deliverAll();
    time.pass(2000);
    await settled();
  }
  const bytesPerEvent = disk.counts.appendedBytes / 1000;
  t.log({ payload, bytesPerEvent, appends: disk.counts.appends, syncs: disk.counts.syncs, replaces: disk.counts.replaces });
  t.true(disk.counts.syncs <= disk.counts.replaces, `${disk.counts.syncs} syncs`);
  t.true(disk.counts.replaces - start.replaces <= 2, `${disk.counts.replaces} replaces`);
  t.true(bytesPerEvent < 2 * payload, `${bytesPerEvent} bytes`);
});

test('events that wait are synced once each, however often they are looked at', async (t) => {
  const disk = shakyFolder();
  const { outbox, time, settled } = live(t, disk.folder);
  await settled();
  for (const number of numbers(1, 100)) {
    outbox.add(event(number));
    await settled();
    time.pass(2000);
    await settled();
  }
  t.log({ syncs: disk.counts.syncs, bytesPerEvent: disk.counts.appendedBytes / 100 });
  t.is(disk.counts.syncs, 100);
});

/** A disk of its own, of a few pages; undefined where this user may not mount. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=755', 'earshot-test', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

/** A test on a real disk of its own; skipped, and it says so, where none can be mounted. */
function diskTest(title: string, run: (t: ExecutionContext, disk: string) => Promise<void>): void {
  const disk = smallDisk();
  if (disk === undefined) {
    test.skip(`${title} (skipped: mounting needs root)`, () => undefined);
    return;
  }
  // A test run that ends badly has no teardown.
  process.on('exit', () => {
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true });
  });
  test(title, (t) => run(t, disk));
}

diskTest('a real disk that fills up is told once, costs nothing, and is used again when there is room', async (t, disk) => {
  const { outbox, time, codes, recovered, settled, deliverAll } = live(t, journalFolder(join(disk, 'outbox')));
  await until(() => outbox.take() !== undefined || outbox.waiting() === 0);
  outbox.add(event(1));
  await settled();
  for (const size of [65_536, 4096]) {
    try {
      for (let file = 0; ; file += 1) writeFileSync(join(disk, `ballast-${size}-${file}`), Buffer.alloc(size));
    } catch (error) {
      t.is((error as NodeJS.ErrnoException).code, 'ENOSPC');
    }
  }
  for (const number of numbers(2, 100)) {
    outbox.add(event(number));
    await nextTurn();
  }
  await until(() => outbox.state() === 'failing');
  t.deepEqual(codes(), ['OUTBOX_DISK_FULL']);
  time.pass(1000);

  for (const size of [65_536, 4096]) rmSync(join(disk, `ballast-${size}-0`), { force: true });
  while (outbox.state() === 'failing') {
    time.pass(60_000);
    await delay(20);
  }
  await recovered();
  await outbox.close();
  const next = live(t, journalFolder(join(disk, 'outbox')));
  await until(() => next.outbox.waiting() === 100);
  t.deepEqual(await next.deliverAll(), ids(1, 100));
  await next.outbox.close();
  t.is((await deliverAll()).length, 100);
});

diskTest('a real read-only file system is told once, and is used when it can be written to', async (t, disk) => {
  mkdirSync(join(disk, 'outbox'));
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  const { outbox, time, codes, recovered } = live(t, journalFolder(join(disk, 'outbox')));
  outbox.add(event(1));
  await until(() => outbox.state() === 'failing');
  t.deepEqual(codes(), ['OUTBOX_READ_ONLY']);
  t.is(outbox.take()?.event.id, event(1).id);
  outbox.putBack();
  execFileSync('mount', ['-o', 'remount,rw', disk]);
  while (outbox.state() === 'failing') {
    time.pass(60_000);
    await delay(20);
  }
  await recovered();
  await outbox.close();
  const next = live(t, journalFolder(join(disk, 'outbox')));
  await until(() => next.outbox.waiting() === 1);
  t.deepEqual(await next.deliverAll(), ids(1, 1));
});
