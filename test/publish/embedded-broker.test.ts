import { connect as connectSocket, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { connectAsync } from 'mqtt';
import { startEmbeddedBroker, type EmbeddedBrokerOptions } from '../../daemon/publish/embedded-broker/start-embedded-broker.js';
import { PublishError } from '../../daemon/publish/publish-error.js';
import { captionTopic, event, startPublisher } from './helpers/publisher.js';
import { subscribe } from './helpers/subscriber.js';
import { until } from './helpers/until.js';

async function start(t: ExecutionContext, limits: EmbeddedBrokerOptions['limits'] = {}) {
  const broker = await startEmbeddedBroker({ host: '127.0.0.1', port: 0, limits });
  t.teardown(() => broker.close());
  return broker;
}

/** A client that does not come back when it is thrown out. */
async function client(t: ExecutionContext, url: string, clientId = 'client', clean = true) {
  const connected = await connectAsync(url, { reconnectPeriod: 0, clientId, clean });
  t.teardown(() => connected.endAsync(true));
  return connected;
}

test('port 0 is a free port of loopback', async (t) => {
  const broker = await start(t);
  t.true(broker.port > 0);
  t.is(broker.url, `mqtt://127.0.0.1:${broker.port}`);
});

test('a port that is taken is named with two ways out', async (t) => {
  const { port } = await start(t);
  const error = await t.throwsAsync(startEmbeddedBroker({ host: '127.0.0.1', port }), { instanceOf: PublishError });
  t.is(error.code, 'EMBEDDED_BROKER_PORT_TAKEN');
  t.regex(error.message, new RegExp(`127\\.0\\.0\\.1:${port}`));
  t.regex(error.remedy, /mqtt\.url.*embedded_broker\.port/);
});

for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.org', '', '::ffff:127.0.0.1.example']) {
  test(`${JSON.stringify(host)} is not an address to listen on without passwords`, async (t) => {
    const error = await t.throwsAsync(startEmbeddedBroker({ host, port: 0 }), { instanceOf: PublishError });
    t.is(error.code, 'EMBEDDED_BROKER_ADDRESS');
  });
}

test('a packet that is too long ends its client and nobody else', async (t) => {
  const { url } = await start(t, { packetBytes: 1000 });
  const subscriber = await subscribe(t, url);
  const rude = await client(t, url);
  const closed = new Promise<void>((resolve) => rude.once('close', resolve));
  rude.publish('a', Buffer.alloc(5000), { qos: 1 }, () => undefined);
  await closed;
  const polite = await client(t, url, 'polite');
  await polite.publishAsync('b', Buffer.alloc(500), { qos: 1 });
  await subscriber.waitFor('b');
  t.deepEqual(subscriber.on('a'), []);
});

test('more clients than allowed are turned away', async (t) => {
  const { port, url } = await start(t, { clients: 2 });
  await client(t, url, 'a');
  await client(t, url, 'b');
  const third: Socket = connectSocket(port, '127.0.0.1');
  t.teardown(() => third.destroy());
  third.on('error', () => undefined);
  await new Promise((resolve) => third.once('close', resolve).resume());
  t.pass();
});

test('nothing is kept for a client that is away', async (t) => {
  const { url } = await start(t);
  const sleeper = await client(t, url, 'sleeper', false);
  await sleeper.subscribeAsync('#', { qos: 1 });
  await sleeper.endAsync();
  const speaker = await client(t, url, 'speaker');
  await speaker.publishAsync('a', 'missed', { qos: 1 });

  const received: string[] = [];
  const awake = await connectAsync(url, { clientId: 'sleeper', clean: false, reconnectPeriod: 0 });
  t.teardown(() => awake.endAsync(true));
  awake.on('message', (_topic, payload) => received.push(payload.toString()));
  await awake.subscribeAsync('#', { qos: 1 });
  await speaker.publishAsync('a', 'heard', { qos: 1 });
  await until(() => received.length > 0);
  t.deepEqual(received, ['heard']);
});

test('retained topics are bounded, and make room when they are emptied', async (t) => {
  const { url } = await start(t, { retainedTopics: 2 });
  const subscriber = await subscribe(t, url);
  const publish = async (topic: string, payload: string): Promise<void> => {
    const speaker = await client(t, url, `speaker-${topic}-${payload}`);
    let isTurnedAway = false;
    speaker.once('close', () => (isTurnedAway = true));
    speaker.publish(topic, payload, { qos: 1, retain: true }, () => undefined);
    await until(() => isTurnedAway || subscriber.on(topic).at(-1)?.payload === payload);
  };
  for (const topic of ['a', 'b', 'c', 'a']) await publish(topic, 'x');
  await publish('a', '');
  await publish('d', 'x');
  const late = await subscribe(t, url);
  await late.waitFor('b');
  await late.waitFor('d');
  t.deepEqual(new Set(late.received.map(({ topic }) => topic)), new Set(['b', 'd']));
});

test('subscriptions of a client are bounded', async (t) => {
  const { url } = await start(t, { subscriptionsPerClient: 2 });
  const greedy = await client(t, url);
  await greedy.subscribeAsync(['a', 'b']);
  await t.throwsAsync(greedy.subscribeAsync('c'));
  await t.notThrowsAsync(greedy.subscribeAsync('a'));
});

test('garbage ends its client and nobody else', async (t) => {
  const { port, url } = await start(t);
  const subscriber = await subscribe(t, url);
  for (const bytes of [Buffer.alloc(300, 0xff), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.from([0x10, 0x02, 0, 0])]) {
    const socket = connectSocket(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(bytes);
    await new Promise((resolve) => socket.once('close', resolve).resume());
  }
  const polite = await client(t, url);
  await polite.publishAsync('b', 'x', { qos: 1 });
  await subscriber.waitFor('b');
  t.pass();
});

test('a message on which the broker hangs up is given up in the end, and the rest goes on', async (t) => {
  const { url } = await start(t, { packetBytes: 2000 });
  const subscriber = await subscribe(t, url);
  const { publisher, warned } = startPublisher(t, { url, backOff: { firstMs: 1, longestMs: 2 } });
  publisher.caption({ ...event(1), caption: 'x'.repeat(3000) });
  publisher.caption(event(2));
  const line = await warned('MESSAGE_REFUSED');
  t.regex(line.message, /hangs up each time/);
  await subscriber.waitFor(captionTopic);
  t.deepEqual(subscriber.captions(captionTopic).map(({ id }) => id), [event(2).id]);
});

test('closing hangs up on clients and frees the port', async (t) => {
  const first = await start(t);
  const guest = await client(t, first.url);
  const closed = new Promise<void>((resolve) => guest.once('close', resolve));
  await first.close();
  await closed;
  const second = await startEmbeddedBroker({ host: '127.0.0.1', port: first.port });
  await second.close();
  t.is(second.port, first.port);
});
