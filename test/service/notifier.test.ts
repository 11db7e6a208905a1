import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const fixture = fileURLToPath(new URL('fixtures/notify-all.js', import.meta.url));
const fakes = resolve('test/service/fixtures/bin');

function notifyAll({ env = {}, args = [] }: { env?: NodeJS.ProcessEnv; args?: string[] }) {
  const record = join(mkdtempSync(join(tmpdir(), 'earshot-notify-')), 'record');
  const { stdout } = spawnSync(process.execPath, [fixture, ...args], {
    encoding: 'utf8',
    env: { PATH: `${fakes}:${process.env['PATH']}`, NOTIFY_RECORD: record, ...env },
  });
  return { stdout, record: () => readFileSync(record, 'utf8').replaceAll(/pid=\d+/g, 'pid=N') };
}

test('what is said arrives in order, and a status that is out of date is left out', (t) => {
  const { stdout, record } = notifyAll({ env: { NOTIFY_SOCKET: '/run/x' } });
  t.is(stdout, 'done\n');
  t.is(
    record(),
    ['EXTEND_TIMEOUT_USEC=90000000|', '--ready|--pid=N|--status=Listening to kitchen|', '--pid=N|--status=three READY=0|', 'WATCHDOG=1|', 'STOPPING=1|', ''].join('\n'),
  );
});

test('where no service manager listens, nothing is run', (t) => {
  const { stdout, record } = notifyAll({});
  t.is(stdout, 'done\n');
  t.throws(record, { message: /ENOENT/ });
});

test('a failing systemd-notify is told once, as an error, and changes nothing', (t) => {
  const { stdout } = notifyAll({ env: { NOTIFY_SOCKET: '/run/x', NOTIFY_BEHAVIOUR: 'fail' } });
  t.is(stdout, 'NOTIFY_FAILED: systemd could not be told about the daemon: No status data could be sent: $NOTIFY_SOCKET was not set\ndone\n');
});

test('a missing systemd-notify is told once and changes nothing', (t) => {
  const { stdout } = notifyAll({ env: { NOTIFY_SOCKET: '/run/x', PATH: '/nowhere' } });
  t.is(stdout, 'NOTIFY_FAILED: systemd could not be told about the daemon: spawn systemd-notify ENOENT\ndone\n');
});

test('a systemd-notify that hangs holds nothing up', (t) => {
  const { stdout } = notifyAll({ env: { NOTIFY_SOCKET: '/run/x', NOTIFY_BEHAVIOUR: 'hang' }, args: ['50'] });
  t.is(stdout, 'NOTIFY_FAILED: systemd could not be told about the daemon: systemd-notify did not end within 50 ms\ndone\n');
});

const hasTools = ['systemd-notify', 'python3'].every((tool) => spawnSync(tool, ['--version']).status === 0);

(hasTools ? test : test.skip)('the real systemd-notify sends what systemd understands', async (t) => {
  const socket = join(mkdtempSync(join(tmpdir(), 'earshot-socket-')), 'notify');
  // Node has no datagram Unix sockets.
  const receive = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); s.settimeout(60)
print('bound', flush=True)
while True:
    data, descriptors, flags, address = socket.recv_fds(s, 4096, 4)
    text = data.decode()
    for descriptor in descriptors:
        socket.os.close(descriptor)
    print(text, flush=True)
    if 'STOPPING' in text: break
`;
  const receiver = spawn('python3', ['-c', receive, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(receiver.stdout, 'data');
  const heard = text(receiver.stdout);
  const speaker = spawn(process.execPath, [fixture], { env: { PATH: process.env['PATH'], NOTIFY_SOCKET: socket }, stdio: 'ignore' });
  const closed = once(speaker, 'close');
  const lines = (await heard).split('\n');
  await closed;
  for (const expected of ['EXTEND_TIMEOUT_USEC=90000000', 'READY=1', 'STATUS=Listening to kitchen', 'STATUS=three READY=0', 'WATCHDOG=1', 'STOPPING=1', `MAINPID=${speaker.pid}`]) {
    t.true(lines.includes(expected), expected);
  }
});
