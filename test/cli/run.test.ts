import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { tinyBundle } from '../helpers/tiny-bundle.js';
import { followLog } from './follow-log.js';
import { startListener } from './listener.js';
import { earshot, startEarshot, toneWav } from './run-earshot.js';

const folder = mkdtempSync(join(tmpdir(), 'earshot-run-'));
const sound = join(folder, 'tone.wav');
writeFileSync(sound, toneWav(1));

/** The tiny model hears windows of 75 ms; here one begins every 50 ms. */
const tiny = ['--model', tinyBundle, '--set', 'window.hop_seconds=0.05', '--set', 'device.id=pi'];
const withTools = (...names: string[]) => ({ PATH: [...names.map((name) => resolve('test/cli/fixtures', name)), process.env['PATH']].join(':') });

function start(t: ExecutionContext, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = startEarshot(['run', ...tiny, ...args], env);
  const closed = once(child, 'close') as Promise<[number | null]>;
  t.teardown(() => child.kill('SIGKILL'));
  return { child, log: followLog(child), code: async () => (await closed)[0] };
}

test('a file goes the whole way: every caption is one line in the log and one event at the broker, between online and offline', async (t) => {
  const { url, messages, hear } = await startListener(t);
  const { log, code } = start(t, ['--broker', url, '--file', sound, '--set', 'source.real_time=false']);
  t.is(await code(), 0);
  await hear(({ topic, payload }) => topic === 'earshot/pi/status' && payload === 'offline');

  const lines = log.lines.filter(({ msg }) => msg === 'caption');
  const events = messages.filter(({ topic }) => topic === 'earshot/pi/file/caption').map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
  t.is(lines.length, 20);
  t.deepEqual(
    events.map(({ event_type: type, ...event }) => ({ type, ...event })),
    lines.map(({ level: _level, time: _time, msg: _msg, ...event }) => ({ type: 'caption', ...event })),
  );
  t.deepEqual(Object.keys(lines[0]!), ['level', 'time', 'id', 'source', 'caption', 'confidence', 'level_dbfs', 'start', 'end', 'model', 'msg']);
  t.is(messages[0]?.payload, 'online');
  t.is(messages.at(-1)?.payload, 'offline');
  t.like(log.lines.at(-1), { msg: 'earshot stops', windows_captioned: 20, windows_failed: 0 });
});

test('a microphone is listened to until SIGTERM ends everything in order, its program too', async (t) => {
  const { url, messages, hear } = await startListener(t);
  const record = join(mkdtempSync(join(folder, 'notify-')), 'record');
  const { child, log, code } = start(t, ['--broker', url, '--microphone', 'plughw:CARD=Fake'], { ...withTools('endless', 'service'), NOTIFY_SOCKET: '/run/x', NOTIFY_RECORD: record });
  await log.line('caption', 3);
  const captureId = childrenOf(child.pid!).find(({ command }) => command.includes('arecord'))!.pid;
  child.kill('SIGTERM');
  t.is(await code(), 0);
  await hear(({ payload }) => payload === 'offline');

  // A busy machine may have something to say about itself.
  t.deepEqual(log.lines.filter(({ level, hop_s: hop, code: name }) => level !== 'info' && hop === undefined && name !== 'OUTBOX_DISK_SLOW'), []);
  t.like(log.lines.find(({ msg }) => msg === 'stopping'), { reason: 'SIGTERM' });
  t.is(log.lines.at(-1)?.['msg'], 'earshot stops');
  t.is(messages.at(-1)?.payload, 'offline');
  t.throws(() => process.kill(captureId, 0), { code: 'ESRCH' });
  const told = readFileSync(record, 'utf8').trim().split('\n');
  t.regex(told[0]!, /^--ready --pid=\d+ --status=Listening to microphone$/);
  t.is(told.at(-1), 'STOPPING=1');
});

test('a microphone that is not there is told to log, broker and service manager, and sought until it is told to stop', async (t) => {
  const { url, hear } = await startListener(t);
  const record = join(mkdtempSync(join(folder, 'notify-')), 'record');
  const { child, log, code } = start(t, ['--broker', url, '--microphone', 'plughw:CARD=Gone'], { ...withTools('unplugged', 'service'), NOTIFY_SOCKET: '/run/x', NOTIFY_RECORD: record });
  const { payload } = await hear(({ topic }) => topic === 'earshot/pi/microphone/state');
  t.regex(payload, /"state":"recovering".*plughw:CARD=Gone is not there/);
  const line = await log.line('sound was lost, trying again');
  t.like(line, { level: 'warn', source: 'microphone', state: 'recovering' });
  t.is((line['err'] as { code: string }).code, 'SOURCE_DEVICE_MISSING');
  child.kill('SIGINT');
  t.is(await code(), 0);
  const told = readFileSync(record, 'utf8');
  t.regex(told, /^--pid=\d+ --status=Sound from microphone was lost, trying again: microphone plughw:CARD=Gone is not there/);
  t.notRegex(told, /--ready/);
});

test('without a broker captions go to the log, and that is said once', async (t) => {
  const { log, code } = start(t, ['--broker', 'mqtt://127.0.0.1:1', '--file', sound, '--set', 'source.real_time=false']);
  t.is(await code(), 0);
  t.is(log.lines.filter(({ msg }) => msg === 'caption').length, 20);
  t.is(log.lines.filter(({ code: name }) => name === 'BROKER_REFUSED').length, 1);
});

test('a captioner that is killed costs windows, not the daemon', async (t) => {
  const { url } = await startListener(t);
  const { child, log, code } = start(t, ['--broker', url, '--microphone', 'x'], withTools('endless'));
  await log.line('caption', 2);
  const captioner = childrenOf(child.pid!).find(({ command }) => command.includes('child.js'))!;
  process.kill(captioner.pid, 'SIGKILL');
  await log.line('captioner is back');
  const before = log.lines.filter(({ msg }) => msg === 'caption').length;
  await log.line('caption', before + 2);
  child.kill('SIGTERM');
  t.is(await code(), 0);
  t.is(log.lines.filter(({ msg }) => msg === 'captioner lost, starting another').length, 1);
});

test('where nothing can work it ends at once with a code that forbids trying again', async (t) => {
  const wrongConfig = await earshot(['run', '--set', 'window.hop=1', '--set', 'log.level=loud']);
  t.is(wrongConfig.code, 78);
  t.regex(wrongConfig.stderr, /window\.hop: there is no such key; did you mean window\.hop_seconds\?/);
  t.regex(wrongConfig.stderr, /log\.level: found "loud"; allowed: trace, debug/);

  const noBundle = await earshot(['run', '--model', join(folder, 'nothing')]);
  t.is(noBundle.code, 78);
  t.regex(noBundle.stdout, /"level":"fatal".*"code":"BUNDLE_MISSING"/);

  const wrongWindow = await earshot(['run', '--model', tinyBundle, '--file', sound]);
  t.is(wrongWindow.code, 78);
  t.regex(wrongWindow.stdout, /window\.hop_seconds: found 2; at most 0\.075/);
});

test('a file that is not there is told, with exit code 1', async (t) => {
  const { stdout, code } = await earshot(['run', ...tiny, '--broker', 'mqtt://127.0.0.1:1', '--file', join(folder, 'missing.wav')]);
  t.is(code, 1);
  t.regex(stdout, /"level":"fatal".*"code":"SOURCE_NOT_FOUND"/);
});

test('a password that cannot be read is told before anything is started, and never shown', async (t) => {
  const secret = join(folder, 'password');
  writeFileSync(secret, 'hunter2\nhunter3\n');
  const { stdout, stderr, code } = await earshot(['run', ...tiny, '--broker', 'mqtt://127.0.0.1:1', '--set', 'mqtt.username=me', '--set', `mqtt.password_file=${secret}`]);
  t.is(code, 78);
  t.regex(stdout, /password_file: .* must hold the password alone/);
  t.notRegex(stdout + stderr, /hunter/);
});

/** From /proc, so that nothing has to be installed. */
function childrenOf(pid: number): { pid: number; command: string }[] {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  return pids.map((child) => ({ pid: child, command: readFileSync(`/proc/${child}/cmdline`, 'utf8').replaceAll('\0', ' ') }));
}
