import test from 'ava';
import type { Message } from '../../daemon/publish/message.js';
import { createNoticeBoard, type NoticeBoard } from '../../daemon/publish/notice-board.js';
import { manualTime } from './helpers/manual-time.js';

function notice(topic: string, payload: string): Message {
  return { topic, payload, retain: true };
}

/** Everything due, as `topic payload`. */
function sendAll(board: NoticeBoard): string[] {
  const sent: string[] = [];
  for (let next = board.next(); next !== undefined; next = board.next()) {
    sent.push(`${next.topic} ${next.payload}`);
    board.sent(next);
  }
  return sent;
}

test('only the newest of a topic is said', (t) => {
  const board = createNoticeBoard(manualTime().clock);
  for (const payload of ['1', '2', '3']) board.put(notice('a', payload));
  t.deepEqual(sendAll(board), ['a 3']);
});

test('what was said is not said again until it changes', (t) => {
  const board = createNoticeBoard(manualTime().clock);
  board.put(notice('a', '1'));
  sendAll(board);
  board.put(notice('a', '1'));
  t.deepEqual(sendAll(board), []);
  board.put(notice('a', '2'));
  t.deepEqual(sendAll(board), ['a 2']);
});

test('everything is repeated in the order of its first saying', (t) => {
  const board = createNoticeBoard(manualTime().clock);
  board.put(notice('a', '1'));
  board.put(notice('b', '1'));
  board.put(notice('a', '2'));
  sendAll(board);
  board.repeat();
  t.deepEqual(sendAll(board), ['a 2', 'b 1']);
});

test('what changes while it is being said is said again', (t) => {
  const board = createNoticeBoard(manualTime().clock);
  board.put(notice('a', '1'));
  const underway = board.next()!;
  board.put(notice('a', '2'));
  board.sent(underway);
  t.deepEqual(sendAll(board), ['a 2']);
});

test('what is refused is left alone until it changes', (t) => {
  const board = createNoticeBoard(manualTime().clock);
  board.put(notice('a', '1'));
  board.refused(board.next()!);
  board.repeat();
  t.deepEqual(sendAll(board), []);
  board.put(notice('a', '2'));
  t.deepEqual(sendAll(board), ['a 2']);
});

test('what is refused is tried again after an hour: the broker may have been ill', (t) => {
  const time = manualTime();
  const board = createNoticeBoard(time.clock);
  board.put(notice('status', 'online'));
  board.refused(board.next()!);
  time.pass(3_599_999);
  t.is(board.next(), undefined);
  time.pass(1);
  t.deepEqual(sendAll(board), ['status online']);
});
