import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { keepEmbeddedBroker } from '../../daemon/run/keep-embedded-broker.js';
import { freePort } from '../../daemon/bench/loopback-ports.js';
import { event, startPublisher, captionTopic, statusTopic } from '../publish/helpers/publisher.js';
import { recordedLog } from '../publish/helpers/recorded-log.js';
import { subscribe } from '../publish/helpers/subscriber.js';
import { until } from '../publish/helpers/until.js';

/** Somebody else on a port of loopback, who remembers who called. */
async function stranger(t: ExecutionContext) {
  const callers: Socket[] = [];
  const server = createServer((socket) => callers.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return {
    port: (server.address() as AddressInfo).port,
    callers,
    async leave() {
      server.close();
      await once(server, 'close');
    },
  };
}

test('it listens when it is first needed', async (t) => {
  const port = await freePort();
  const { log, lines } = recordedLog();
  const broker = keepEmbeddedBroker({ host: '127.0.0.1', port }, log);
  t.is(broker.url, `mqtt://127.0.0.1:${port}`);
  await Promise.all([broker.prepare(), broker.prepare()]);
  await broker.prepare();
  t.deepEqual(lines.map(({ message }) => message), ['embedded MQTT broker listening']);
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  await broker.close();
});

test('where somebody else has its port, nothing is published to them, that is told once, and it takes the port when it is free', async (t) => {
  const other = await stranger(t);
  const recorded = recordedLog();
  const broker = keepEmbeddedBroker({ host: '127.0.0.1', port: other.port }, recorded.log);
  t.teardown(() => broker.close());
  let attempts = 0;
  const { publisher, warned, codes } = startPublisher(t, { url: broker.url, prepare: broker.prepare }, { random: () => (attempts += 1) / 1000 });
  publisher.caption(event(1));
  const line = await warned('EMBEDDED_BROKER_PORT_TAKEN');
  t.regex(line.message, /another program does, and nothing is published to it; trying again/);
  await until(() => attempts >= 4);
  t.deepEqual(codes(), ['EMBEDDED_BROKER_PORT_TAKEN']);
  t.is(other.callers.length, 0);
  t.is(publisher.problem()?.code as string, 'EMBEDDED_BROKER_PORT_TAKEN');

  await other.leave();
  await until(() => publisher.isConnected());
  const subscriber = await subscribe(t, broker.url, { protocolVersion: 4 });
  await subscriber.waitForPayload(statusTopic, 'online');
  publisher.caption(event(2));
  await subscriber.waitFor(captionTopic);
  t.is(subscriber.captions(captionTopic).at(-1)?.id, event(2).id);
});

test('a name of this machine that has two addresses stands for one', (t) => {
  t.is(keepEmbeddedBroker({ host: 'LocalHost', port: 1883 }, recordedLog().log).url, 'mqtt://127.0.0.1:1883');
  t.is(keepEmbeddedBroker({ host: '::1', port: 1883 }, recordedLog().log).url, 'mqtt://[::1]:1883');
});

test('it can be closed before it was ever there, and does not come back then', async (t) => {
  const port = await freePort();
  const broker = keepEmbeddedBroker({ host: '127.0.0.1', port }, recordedLog().log);
  await broker.close();
  await t.throwsAsync(broker.prepare(), { code: 'EMBEDDED_BROKER_FAILED' });
  const socket = connect(port, '127.0.0.1');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  t.is(error.code, 'ECONNREFUSED');
});
