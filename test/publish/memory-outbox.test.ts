import test from 'ava';
import { createMemoryOutbox } from '../../daemon/publish/delivery/memory-outbox.js';
import { manualTime } from './helpers/manual-time.js';
import { event, numbers } from './helpers/publisher.js';

function outboxOf(capacity: number, expireAfterMs = 60_000) {
  const time = manualTime();
  const drops: string[] = [];
  const outbox = createMemoryOutbox({ capacity, expireAfterMs }, time.clock, (reason, { caption }) => drops.push(`${reason}: ${caption}`));
  const takeAll = (): string[] => {
    const captions: string[] = [];
    for (let entry = outbox.take(); entry !== undefined; entry = outbox.take()) {
      captions.push(entry.event.caption);
      outbox.settle('delivered');
    }
    return captions;
  };
  return { time, drops, outbox, takeAll };
}

test('events leave in the order they came', (t) => {
  const { outbox, takeAll } = outboxOf(10);
  for (const number of [1, 2, 3]) outbox.add(event(number));
  t.deepEqual(takeAll(), ['Dog 1 barks', 'Dog 2 barks', 'Dog 3 barks']);
  t.is(outbox.waiting(), 0);
});

test('a full outbox keeps the newest and counts the rest', (t) => {
  const { drops, outbox, takeAll } = outboxOf(3);
  for (const number of numbers(1, 1000)) outbox.add(event(number));
  t.is(outbox.waiting(), 3);
  t.is(outbox.dropped(), 997);
  t.is(drops[0], 'overflow: Dog 1 barks');
  t.deepEqual(takeAll(), ['Dog 998 barks', 'Dog 999 barks', 'Dog 1000 barks']);
});

test('an event on its way is not pushed out, and is first again when it is put back', (t) => {
  const { outbox, takeAll } = outboxOf(2);
  outbox.add(event(1));
  outbox.take();
  for (const number of [2, 3, 4]) outbox.add(event(number));
  t.is(outbox.dropped(), 1);
  outbox.putBack();
  t.deepEqual(takeAll(), ['Dog 1 barks', 'Dog 3 barks', 'Dog 4 barks']);
});

test('what is too old is left out and counted', (t) => {
  const { time, drops, outbox, takeAll } = outboxOf(10, 60_000);
  outbox.add(event(1));
  time.pass(30_000);
  outbox.add(event(2));
  time.pass(30_000);
  t.deepEqual(takeAll(), ['Dog 2 barks']);
  t.deepEqual(drops, ['expired: Dog 1 barks']);
});

test('an entry tells what is left of its life', (t) => {
  const { time, outbox } = outboxOf(10, 60_000);
  outbox.add(event(1));
  time.pass(45_000);
  t.is(outbox.take()?.expiresInMs, 15_000);
});

test('what is fresh can be taken before what is older, which keeps its place', (t) => {
  const { time, outbox, takeAll } = outboxOf(10);
  outbox.add(event(1));
  time.pass(6000);
  for (const number of [2, 3]) outbox.add(event(number));
  t.is(outbox.take(5000)?.event.caption, 'Dog 2 barks');
  outbox.settle('delivered');
  t.is(outbox.take(5000)?.event.caption, 'Dog 3 barks');
  outbox.putBack();
  time.pass(6000);
  t.is(outbox.take(5000), undefined);
  t.deepEqual(takeAll(), ['Dog 1 barks', 'Dog 3 barks']);
});

test('what an earlier process left is first, is never fresh, and is bounded like the rest', (t) => {
  const { drops, outbox, takeAll } = outboxOf(3);
  for (const number of [3, 4]) outbox.add(event(number));
  outbox.restore([1, 2].map((number) => ({ event: event(number), since: 0, isRestored: true })));
  t.deepEqual(drops, ['overflow: Dog 1 barks']);
  t.is(outbox.take(5000)?.event.caption, 'Dog 3 barks');
  outbox.putBack();
  t.deepEqual(takeAll(), ['Dog 2 barks', 'Dog 3 barks', 'Dog 4 barks']);
});

test('a clock that learns the time makes nothing old', (t) => {
  const { time, outbox } = outboxOf(10);
  outbox.add(event(1));
  time.setClock(time.clock.now() + 10 * 365 * 86_400_000);
  t.is(outbox.take()?.expiresInMs, 60_000);
});

test('a refused event is gone and counted', (t) => {
  const { drops, outbox } = outboxOf(10);
  outbox.add(event(1));
  outbox.take();
  outbox.settle('refused');
  t.is(outbox.take(), undefined);
  t.deepEqual(drops, ['refused: Dog 1 barks']);
});
