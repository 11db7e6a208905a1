import { execFileSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { probeBroker } from '../../daemon/publish/connection/probe-broker.js';
import { PublishError } from '../../daemon/publish/publish-error.js';
import { freePort } from '../../daemon/bench/loopback-ports.js';
import { mosquitto, mosquittoTest, type Mosquitto } from './helpers/mosquitto.js';
import { captionTopic, event, startPublisher, statusTopic } from './helpers/publisher.js';
import { subscribe } from './helpers/subscriber.js';
import { until } from './helpers/until.js';

const login = { username: 'earshot', password: 'right-password' };
const users = { [login.username]: login.password };

/** Tries long enough for a failure to come again, and sees that it was said once, with the name of the broker and a remedy. */
async function saysOnce(t: ExecutionContext, options: Parameters<typeof startPublisher>[1], code: string, message: RegExp): Promise<void> {
  let attempts = 0;
  const { publisher, warned, codes } = startPublisher(t, options, {
    // Asked for once before each further attempt.
    random: () => (attempts += 1) / 1000,
  });
  const line = await warned(code);
  await until(() => attempts >= 4);
  t.deepEqual(codes(), [code]);
  t.regex(line.message, message);
  t.true(line.message.includes(new URL(options.url).host), line.message);
  t.true((line.remedy ?? '').length > 10);
  t.is(publisher.problem()?.code as string, code);
  t.false(publisher.isConnected());
}

/** A server that does this with each connection. */
async function server(t: ExecutionContext, handle: Parameters<typeof createServer>[1]): Promise<string> {
  const listening = createServer({}, handle);
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  t.teardown(() => listening.close());
  return `mqtt://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

test('a port that nothing listens on is named, and tried again', async (t) => {
  await saysOnce(t, { url: `mqtt://127.0.0.1:${await freePort()}` }, 'BROKER_REFUSED', /refuses the connection/);
});

test('a name that cannot be resolved is named, and tried again', async (t) => {
  await saysOnce(t, { url: 'mqtt://broker.invalid:1883' }, 'BROKER_NAME_UNKNOWN', /cannot be resolved/);
});

test('a server that does not answer is named, and tried again', async (t) => {
  const url = await server(t, (socket) => void t.teardown(() => socket.destroy()));
  await saysOnce(t, { url, connectTimeoutMs: 30 }, 'BROKER_TIMEOUT', /does not answer/);
});

test('a server that hangs up without a word is named, and tried again', async (t) => {
  const url = await server(t, (socket) => socket.once('data', () => socket.end()).on('error', () => undefined));
  await saysOnce(t, { url }, 'BROKER_CLOSED', /hangs up/);
});

test('a server that answers with something else is named, and tried again', async (t) => {
  const url = await server(t, (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).on('error', () => undefined));
  const { codes, lines } = startPublisher(t, { url });
  await until(() => codes().length > 0);
  t.true(['BROKER_FAILED', 'BROKER_CLOSED', 'BROKER_TIMEOUT'].includes(codes()[0]!), lines[0]?.message);
});

test('a flood from a hostile broker is not collected', async (t) => {
  // A CONNACK, then a PUBLISH that announces 256 MB.
  const url = await server(t, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(Buffer.from([0x20, 3, 0, 0, 0, 0x30, 0xff, 0xff, 0xff, 0x7f])));
  });
  const { warned } = startPublisher(t, { url });
  t.regex((await warned('BROKER_FAILED')).message, /65536 bytes/);
});

test('an address that is none throws at once', (t) => {
  t.throws(() => startPublisher(t, { url: 'broker' }), { instanceOf: PublishError, code: 'BROKER_URL_INVALID' });
});

mosquittoTest('a wrong password is named, and a corrected user gets through without a restart', async (t) => {
  const broker = await mosquitto(t, { users: { other: 'x' } });
  await broker.start();
  await saysOnce(t, { url: broker.url, ...login }, 'BROKER_LOGIN', /refuses user "earshot"/);

  const { publisher, warned } = startPublisher(t, { url: broker.url, ...login });
  await warned('BROKER_LOGIN');
  execFileSync('mosquitto_passwd', ['-b', path.join(broker.folder, 'passwords'), login.username, login.password]);
  await broker.stop('SIGKILL');
  await broker.start();
  await until(() => publisher.isConnected());
  t.pass();
});

mosquittoTest('a broker that asks for a user when none is configured is named', async (t) => {
  const broker = await mosquitto(t, { users });
  await broker.start();
  await saysOnce(t, { url: broker.url }, 'BROKER_LOGIN', /asks for a user name/);
});

mosquittoTest('each new reason is said, and connecting makes them new again', async (t) => {
  const broker = await mosquitto(t);
  const { publisher, warned, codes, connections } = startPublisher(t, { url: broker.url });
  await warned('BROKER_REFUSED');
  await broker.start();
  await until(() => publisher.isConnected());
  await broker.stop('SIGKILL');
  await until(() => codes().length === 3);
  await broker.start();
  await until(() => connections() === 2);
  t.deepEqual(codes(), ['BROKER_REFUSED', 'BROKER_CLOSED', 'BROKER_REFUSED']);
});

mosquittoTest('a topic that the access control list forbids is named, and the rest goes on', async (t) => {
  const broker = await mosquitto(t, {
    users: { ...users, reader: 'reader' },
    files: { acl: 'user reader\ntopic read #\nuser earshot\ntopic write earshot/pi/status\ntopic write earshot/pi/health\n' },
    config: 'acl_file acl',
  });
  await broker.start();
  const subscriber = await subscribe(t, broker.url, { username: 'reader', password: 'reader' });
  const { publisher, warned, codes } = startPublisher(t, { url: broker.url, ...login });
  publisher.caption(event(1));
  publisher.caption(event(2));
  const line = await warned('MESSAGE_REFUSED');
  t.regex(line.message, /does not let this client publish to earshot\/pi\/mic\/caption/);
  await subscriber.waitFor(statusTopic);
  await publisher.close();
  await subscriber.waitForPayload(statusTopic, 'offline');
  t.deepEqual(codes(), ['MESSAGE_REFUSED']);
  t.deepEqual(subscriber.on(captionTopic), []);
});

test('another daemon under the same name is named', async (t) => {
  // A CONNACK, then a DISCONNECT for "session taken over".
  const url = await server(t, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(Buffer.from([0x20, 3, 0, 0, 0, 0xe0, 2, 142, 0])));
  });
  const { warned } = startPublisher(t, { url });
  t.regex((await warned('BROKER_TAKEN_OVER')).message, /Another client/);
});

const certificates = path.join(tmpdir(), `earshot-certificates-${process.pid}`);
const hasOpenssl = makeCertificates();

/** A test against a broker that speaks TLS only; it needs certificates made just now. */
function tlsTest(title: string, config: string, run: (t: ExecutionContext, broker: Mosquitto, url: string) => Promise<void>): void {
  if (!hasOpenssl) {
    test.skip(`${title} (skipped: openssl is not installed)`, () => undefined);
    return;
  }
  mosquittoTest(title, async (t) => {
    const broker = await mosquitto(t, { config: `cafile ${certificates}/c.pem\ncertfile ${certificates}/c.pem\nkeyfile ${certificates}/k.pem\n${config}` });
    await broker.start();
    await run(t, broker, `mqtts://localhost:${broker.port}`);
  });
}

function makeCertificates(): boolean {
  try {
    const make = (key: string, certificate: string, name: string): void =>
      void execFileSync(
        'openssl',
        ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-keyout', key, '-out', certificate, '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`],
        { cwd: certificates, stdio: 'ignore' },
      );
    execFileSync('mkdir', ['-p', certificates]);
    make('k.pem', 'c.pem', 'localhost');
    make('client-k.pem', 'client-c.pem', 'client');
    return true;
  } catch {
    return false;
  }
}

test.after.always(() => void execFileSync('rm', ['-rf', certificates]));

tlsTest('TLS with the authority named is an ordinary connection', '', async (t, _broker, url) => {
  t.deepEqual(await probeBroker({ url, caFile: `${certificates}/c.pem` }), { protocol: 5 });
});

tlsTest('a certificate of an unknown authority is named', '', async (t, _broker, url) => {
  await saysOnce(t, { url }, 'BROKER_TLS', /self-signed/);
});

tlsTest('a certificate for another name is named, and the name can be given', '', async (t, broker) => {
  const url = `mqtts://127.0.0.1:${broker.port}`;
  const caFile = `${certificates}/c.pem`;
  await saysOnce(t, { url, caFile }, 'BROKER_TLS', /made out to another name/);
  await t.notThrowsAsync(probeBroker({ url, caFile, serverName: 'localhost' }));
});

tlsTest('a broker that wants a certificate is named', 'require_certificate true', async (t, _broker, url) => {
  const caFile = `${certificates}/c.pem`;
  const { codes, lines } = startPublisher(t, { url, caFile });
  await until(() => codes().length > 0);
  t.is(codes()[0], 'BROKER_TLS', lines[0]?.message);
  t.regex(lines[0]!.message, /certificate of this client/);
  await t.notThrowsAsync(probeBroker({ url, caFile, certFile: `${certificates}/c.pem`, keyFile: `${certificates}/k.pem` }));
});

tlsTest('plain MQTT to a TLS port is named with the way out', '', async (t, broker) => {
  const error = await t.throwsAsync(probeBroker({ url: broker.url }), { instanceOf: PublishError });
  t.is(error.code, 'BROKER_CLOSED');
  t.regex(error.remedy, /mqtts:/);
});

mosquittoTest('TLS to a plain port is named with the way out', async (t) => {
  const broker = await mosquitto(t);
  await broker.start();
  const error = await t.throwsAsync(probeBroker({ url: `mqtts://127.0.0.1:${broker.port}` }), { instanceOf: PublishError });
  t.is(error.code, 'BROKER_TLS');
  t.regex(error.message, /does not speak TLS/);
});

test('a TLS file that is not there is named', async (t) => {
  const error = await t.throwsAsync(probeBroker({ url: 'mqtts://localhost:1', caFile: '/nowhere/ca.pem' }), { instanceOf: PublishError });
  t.is(error.code, 'BROKER_TLS_FILE');
  t.regex(error.message, /\/nowhere\/ca\.pem \(mqtt\.ca_file\) does not exist/);
});

test('a TLS file that is no PEM is named', async (t) => {
  const here = new URL(import.meta.url).pathname;
  const error = await t.throwsAsync(probeBroker({ url: 'mqtts://localhost:1', certFile: here, keyFile: here }), { instanceOf: PublishError });
  t.is(error.code, 'BROKER_TLS');
  t.regex(error.message, /not in PEM form/);
});
