import test from 'ava';
import { createLog } from '../../daemon/log/create-log.js';
import { withPriority } from '../../daemon/log/with-priority.js';
import { manualTime } from '../publish/helpers/manual-time.js';

function logged() {
  const time = manualTime(0);
  const lines: string[] = [];
  const destination = withPriority({ write: (line: string) => void lines.push(line) });
  const log = createLog({ level: 'info', destination, now: time.clock.now, time });
  const parsed = () => lines.map((line) => JSON.parse(line.slice(3)) as Record<string, unknown>);
  return { time, log, lines, parsed };
}

test('a message is written ten times a minute, then the newest of it with how many were left out', (t) => {
  const { time, log, parsed } = logged();
  for (let second = 0; second < 50; second += 1) {
    log.warn({ second }, 'sound was lost');
    time.pass(1000);
  }
  t.is(parsed().length, 10);
  time.pass(10_000);
  t.is(parsed().length, 11);
  t.deepEqual(parsed().at(-1), { level: 'warn', time: '1970-01-01T00:00:49.000Z', second: 49, msg: 'sound was lost', left_out: 39 });
  log.warn('sound was lost');
  t.is(parsed().length, 12);
});

test('of states that come and go all the time the last one is the last in the log', (t) => {
  const { time, log, lines, parsed } = logged();
  for (let second = 0; second < 3600; second += 1) {
    if (second % 2 === 0) log.warn('sound was lost');
    else log.info('listening');
    time.pass(1000);
  }
  time.pass(60_000);
  t.is(parsed().at(-1)!['msg'], 'listening');
  t.is(lines.at(-1)!.slice(0, 3), '<6>');
  t.is(lines.at(-2)!.slice(0, 3), '<4>');
  t.true(lines.length <= 60 * 22, `${lines.length} lines`);
});

test('one message that is too frequent costs no other', (t) => {
  const { log, parsed } = logged();
  for (let i = 0; i < 1000; i += 1) log.warn('flapping');
  log.info('connected');
  t.is(parsed().at(-1)!['msg'], 'connected');
});

test('captions and errors are never left out', (t) => {
  const { log, lines } = logged();
  for (let i = 0; i < 100; i += 1) {
    log.info('caption');
    log.error('failed');
  }
  t.is(lines.length, 200);
});

test('messages that are all different are bounded too, and so is what is remembered of them', (t) => {
  const { time, log, lines } = logged();
  for (let i = 0; i < 100_000; i += 1) log.warn(`message ${i}`);
  t.is(lines.length, 210);
  time.pass(60_000);
  t.is(lines.length, 211);
});

test('what was held back is written when the log is flushed, and nothing is waited for then', (t) => {
  const { time, log, parsed } = logged();
  for (let i = 0; i < 12; i += 1) log.warn({ i }, 'flapping');
  log.flush();
  t.like(parsed().at(-1), { i: 11, left_out: 1 });
  t.is(time.pending(), 0);
});

test('where nothing is too frequent no timer runs', (t) => {
  const { time, log } = logged();
  for (let i = 0; i < 10; i += 1) log.warn('rare');
  t.is(time.pending(), 0);
});

test('secrets are hidden in whatever text holds them', (t) => {
  const { log, lines } = logged();
  log.warn({ err: new Error('ffmpeg: rtsp://me:hunter2@cam: 401'), reason: 'x?password=hunter2' }, 'capture mqtt://me:hunter2@host lost');
  t.notRegex(lines.join(''), /hunter/);
  t.regex(lines.join(''), /rtsp:\/\/\(hidden\)@cam/);
});
