import { createServer, type AddressInfo, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { startEmbeddedBroker } from '../../daemon/publish/embedded-broker/start-embedded-broker.js';
import { counters } from '../helpers/counters.js';
import { freePort } from '../../daemon/bench/loopback-ports.js';
import { captionTopic, event, numbers, startPublisher, statusTopic } from './helpers/publisher.js';
import { subscribe } from './helpers/subscriber.js';
import { until } from './helpers/until.js';

/** Accepts clients and never says another word, as a broker does whose disk hangs. */
async function frozenBroker(t: ExecutionContext): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.write(Buffer.from([0x20, 3, 0, 0, 0])));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('closing delivers what waits, then says offline, and nothing after that', async (t) => {
  const broker = await startEmbeddedBroker({ host: '127.0.0.1', port: 0 });
  t.teardown(() => broker.close());
  const subscriber = await subscribe(t, broker.url);
  const { publisher, codes } = startPublisher(t, { url: broker.url });
  await until(() => publisher.isConnected());
  for (const number of numbers(1, 20)) publisher.caption(event(number));
  await publisher.close();
  publisher.caption(event(21));
  publisher.sourceState('mic', { state: 'deaf', since: '2026-11-23T06:00:00.000Z' });
  publisher.health(counters());

  await subscriber.waitForPayload(statusTopic, 'offline');
  t.deepEqual(subscriber.captions(captionTopic).map(({ id }) => id), numbers(1, 20).map((number) => event(number).id));
  t.deepEqual(subscriber.received.at(-1), { topic: statusTopic, payload: 'offline', isRetained: false, qos: 1, properties: undefined });
  t.is(subscriber.on(statusTopic).filter(({ payload }) => payload === 'offline').length, 1);
  t.deepEqual(codes(), []);
});

test('closing without a broker is quick and says what is left', async (t) => {
  const { publisher, warned, lines } = startPublisher(t, { url: `mqtt://127.0.0.1:${await freePort()}` });
  await warned('BROKER_REFUSED');
  publisher.caption(event(1));
  await publisher.close();
  t.is(lines.at(-1)?.events_waiting, 1);
});

test('closing ends in bounded time with a broker that no longer answers', async (t) => {
  const { publisher, lines } = startPublisher(t, { url: await frozenBroker(t), closeWithinMs: 50 });
  await until(() => publisher.isConnected());
  publisher.caption(event(1));
  await publisher.close();
  t.is(lines.at(-1)?.events_waiting, 1);
  t.false(publisher.isConnected());
});

test('closing twice is closing once', async (t) => {
  const { publisher } = startPublisher(t, { url: `mqtt://127.0.0.1:${await freePort()}` });
  t.is(publisher.close(), publisher.close());
  await publisher.close();
});

test('a broker that takes a message and does not confirm it is given up and named', async (t) => {
  const delivery = { lateAfterMs: 5000, lateIntervalMs: 100, acknowledgeWithinMs: 50 };
  const { warned } = startPublisher(t, { url: await frozenBroker(t), delivery });
  const line = await warned('BROKER_TIMEOUT');
  t.regex(line.message, /has stopped answering/);
});
