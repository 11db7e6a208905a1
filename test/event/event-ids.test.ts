import fc from 'fast-check';
import test from 'ava';
import { createEventIds, type IdFloor } from '../../daemon/event/event-ids.js';
import { manualTime } from '../publish/helpers/manual-time.js';

const hour = 3_600_000;

/** What survives a restart. */
function memory(): IdFloor & { readonly writes: number[] } {
  const writes: number[] = [];
  return { writes, read: () => writes.at(-1) ?? 0, reserve: (until) => void writes.push(until) };
}

function isAscending(ids: readonly string[]): boolean {
  return ids.every((id, index) => index === 0 || id > ids[index - 1]!);
}

test('ids are the time in 13 digits and a counter in 4', (t) => {
  const { clock } = manualTime(1_763_877_600_000);
  const nextId = createEventIds(clock);
  t.deepEqual([nextId(), nextId()], ['1763877600000-0000', '1763877600000-0001']);
});

test('ids ascend within a millisecond, however many there are', (t) => {
  const nextId = createEventIds(manualTime().clock);
  t.true(isAscending(Array.from({ length: 20_500 }, nextId)));
});

test('ids ascend while the clock is set back and forward', (t) => {
  const time = manualTime();
  const nextId = createEventIds(time.clock);
  const ids = [0, 50 * hour, -50 * hour, 3 * hour, -1].flatMap((change) => {
    time.setClock(time.clock.now() + change);
    return [nextId(), nextId()];
  });
  t.true(isAscending(ids));
});

test('ids ascend over a restart with a clock that has fallen back', (t) => {
  const time = manualTime();
  const floor = memory();
  const before = createEventIds(time.clock, floor);
  const ids = [before(), before()];
  time.setClock(time.clock.now() - 10_000 * hour);
  const after = createEventIds(time.clock, floor);
  t.true(isAscending([...ids, after(), after()]));
});

test('the floor is written once an hour, not once an event', (t) => {
  const time = manualTime();
  const floor = memory();
  const nextId = createEventIds(time.clock, floor);
  for (let second = 0; second < 3 * 3600; second += 2) {
    nextId();
    time.pass(2000);
  }
  t.true(floor.writes.length <= 4, `${floor.writes.length} writes`);
});

test('restarts in quick succession do not push ids ahead by an hour each', (t) => {
  const time = manualTime();
  const floor = memory();
  for (let restart = 0; restart < 100; restart += 1) {
    createEventIds(time.clock, floor)();
    time.pass(1000);
  }
  t.true(floor.read() <= time.clock.now() + hour + 100);
});

test('ids of any life ascend and differ while the clock jumps at random between and within lives', (t) => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: -400 * 24 * hour, max: 400 * 24 * hour }), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }), (lives) => {
      const time = manualTime();
      const floor = memory();
      const ids = lives.flatMap((jumps) => {
        const nextId = createEventIds(time.clock, floor);
        return jumps.flatMap((jump) => {
          time.setClock(Math.max(0, time.clock.now() + jump));
          return [nextId(), nextId()];
        });
      });
      return isAscending(ids);
    }),
  );
  t.pass();
});
