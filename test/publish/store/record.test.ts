import test from 'ava';
import fc from 'fast-check';
import { doneLine, journalHeader, readJournal, waitingLine } from '../../../daemon/publish/store/record.js';
import { event, numbers } from '../helpers/publisher.js';

const at = Date.UTC(2026, 10, 23, 6);
const waiting = (number: number): string => waitingLine({ event: event(number), at: at + number });
const idsIn = (bytes: Buffer): string[] => readJournal(bytes).events.map((kept) => kept.event.id);
const id = (number: number): string => event(number).id;

test('what was written is read, with the time at which it began to wait', (t) => {
  const { events, isDamaged } = readJournal(Buffer.from(journalHeader + waiting(1) + waiting(2)));
  t.deepEqual(events, [1, 2].map((number) => ({ event: event(number), at: at + number })));
  t.false(isDamaged);
});

test('what has left is not read', (t) => {
  t.deepEqual(idsIn(Buffer.from(journalHeader + waiting(1) + waiting(2) + doneLine(id(1)) + waiting(3))), [id(2), id(3)]);
});

test('words of any script, line ends and fields of a newer version are kept as they are', (t) => {
  const odd = { ...event(1), caption: 'Ein Vögelchen\n"zwitschert" 🐦\u2028', mood: 'cheerful' };
  t.deepEqual(readJournal(Buffer.from(journalHeader + waitingLine({ event: odd, at }))).events, [{ event: odd, at }]);
});

for (const last of ['an event', 'a departure'] as const) {
  test(`cut off at any byte of ${last}, a journal holds all that was whole before, and is not called damaged`, (t) => {
    const before = Buffer.from(journalHeader + waiting(1) + waiting(2));
    const whole = Buffer.concat([before, Buffer.from(last === 'an event' ? waiting(3) : doneLine(id(1)))]);
    for (let length = before.length; length < whole.length; length += 1) {
      const journal = readJournal(whole.subarray(0, length));
      t.deepEqual(journal.events.map(({ event }) => event.id), [id(1), id(2)], `${length}`);
      t.false(journal.isDamaged, `${length}`);
      // Some file systems leave zeros where the power was cut.
      t.deepEqual(idsIn(Buffer.concat([whole.subarray(0, length), Buffer.alloc(whole.length - length)])), [id(1), id(2)], `${length}, zeros`);
    }
  });
}

test('a journal that was only begun is empty, not damaged', (t) => {
  for (let length = 0; length <= journalHeader.length; length += 1) {
    t.deepEqual(readJournal(Buffer.from(journalHeader.slice(0, length))), { events: [], isDamaged: false });
  }
  t.false(readJournal(Buffer.alloc(100)).isDamaged);
});

test('any one wrong bit is noticed and costs one event at most', (t) => {
  const whole = Buffer.from(journalHeader + numbers(1, 5).map(waiting).join(''));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length * 8 - 1 }), (bit) => {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const { events, isDamaged } = readJournal(bytes);
      // Two lines are one when the end of the first is hit; without the end of the last it was not finished.
      const isLastEnd = bit >> 3 === whole.length - 1;
      return (isDamaged || isLastEnd) && events.length >= 3 && events.every(({ event: read }, index) => index === 0 || read.id > events[index - 1]!.event.id);
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test('anything at all can be read without harm', (t) => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => readJournal(Buffer.from(bytes)).events.length === 0), { numRuns: 1000 });
  t.true(readJournal(Buffer.from('{"some":"other file"}\n')).isDamaged);
});

test('what was signed with a right checksum but is no record of ours is damage', (t) => {
  const foreign = waitingLine({ event: { ...event(1), confidence: 'high' as unknown as number }, at });
  t.deepEqual(readJournal(Buffer.from(journalHeader + foreign)), { events: [], isDamaged: true });
});
