import test from 'ava';
import { EarshotError } from '../../daemon/errors/earshot-error.js';
import { createLog, type LogLevel } from '../../daemon/log/create-log.js';
import { withPriority } from '../../daemon/log/with-priority.js';

function collect(level: LogLevel = 'trace', prefixed = false) {
  const lines: string[] = [];
  const plain = { write: (line: string) => void lines.push(line) };
  return { lines, log: createLog({ level, destination: prefixed ? withPriority(plain) : plain, now: () => 0 }) };
}

test('a line is one JSON object with level, time and message first', (t) => {
  const { lines, log } = collect();
  log.info({ source: 'kitchen' }, 'listening');
  t.deepEqual(lines, ['{"level":"info","time":"1970-01-01T00:00:00.000Z","source":"kitchen","msg":"listening"}\n']);
});

test('a line that goes to journald begins with the priority of its level', (t) => {
  const { lines, log } = collect('trace', true);
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) log[level]('x');
  t.deepEqual(lines.map((line) => line.slice(0, 4)), ['<7>{', '<7>{', '<6>{', '<4>{', '<3>{', '<2>{']);
  t.true(lines.every((line) => line.endsWith('}\n')));
});

test('a foreseen failure is logged as code, message and remedy, without a stack', (t) => {
  const { lines, log } = collect();
  log.warn({ err: new EarshotError({ code: 'X', message: 'broken', remedy: 'mend it' }) }, 'lost');
  t.deepEqual((JSON.parse(lines[0]!) as { err: unknown }).err, { code: 'X', message: 'broken', remedy: 'mend it' });
});

test('an unforeseen failure is logged with its stack, anything else that was thrown as text', (t) => {
  const { lines, log } = collect();
  log.error({ err: new TypeError('oops') }, 'failed');
  log.error({ err: 'a string' }, 'failed');
  t.regex(lines[0]!, /"message":"oops","stack":"TypeError: oops/);
  t.regex(lines[1]!, /"err":{"message":"a string"}/);
});

test('secrets are hidden wherever they come by', (t) => {
  const { lines, log } = collect();
  log.info({ password: 'hunter2', mqtt: { password: 'hunter2' }, config: { mqtt: { password: 'hunter2', token: 'hunter2' } } }, 'x');
  t.false(lines.join('').includes('hunter2'));
  t.true(lines.join('').includes('(hidden)'));
});

test('lines below the level are not written', (t) => {
  const { lines, log } = collect('warn');
  log.info('x');
  log.warn('y');
  t.is(lines.length, 1);
});

test('line breaks in what is logged do not make lines', (t) => {
  const { lines, log } = collect();
  log.info({ reason: 'a\nb' }, 'c\nd');
  t.is(lines.join('').split('\n').length, 2);
});

test('messages begin small, whoever wrote them, and names keep their capitals', (t) => {
  const { lines, log } = collect();
  log.info({ broker: 'x' }, 'Connected to the MQTT broker');
  log.info('A sentence');
  log.info('MQTT is spoken');
  log.info({ err: new Error('The broker is gone') }, 'caption');
  t.deepEqual(lines.map((line) => (JSON.parse(line) as { msg: string }).msg), ['connected to the MQTT broker', 'a sentence', 'MQTT is spoken', 'caption']);
  t.regex(lines[3]!, /"message":"The broker is gone"/);
});
