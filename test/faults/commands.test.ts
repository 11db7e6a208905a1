import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { startEmbeddedBroker } from '../../daemon/publish/embedded-broker/start-embedded-broker.js';
import { captionTopic, event, startPublisher, statusTopic } from '../publish/helpers/publisher.js';
import { subscribe } from '../publish/helpers/subscriber.js';
import { until } from '../publish/helpers/until.js';
import { startHostileBroker } from './helpers/hostile-broker.js';
import { packet, publish } from './helpers/mqtt-bytes.js';

const seed = 20_261_123;
const utf8 = (text: string): Buffer => Buffer.from(text);

/** Topics: what the daemon listens to, its own, what commands of others look like, and no topics at all. */
const topics = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('homeassistant/status', 'earshot/pi/mic/set', 'earshot/pi/set', captionTopic, '__proto__', '#', '$SYS/x', '').map(utf8) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map(utf8) },
  // Mostly not UTF-8 [MQTT-1.5.4-1].
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
);
const payloads = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 4, arbitrary: fc.json({ maxDepth: 3 }).map(utf8) },
  { weight: 2, arbitrary: fc.constantFrom('ON', 'OFF', 'on', 'ON\0', '"OFF"', 'online', 'offline', 'ONLINE', '', '{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}', '[[[[', '\ufeffonline', 'online\0').map(utf8) },
  { weight: 1, arbitrary: fc.integer({ min: 1000, max: 60_000 }).map((size) => Buffer.alloc(size, 0xc0)) },
);
const properties = fc.oneof(
  { weight: 6, arbitrary: fc.constant(Buffer.from([0])) },
  // User property __proto__ = polluted [MQTT 5, 3.3.2.3.7].
  { weight: 1, arbitrary: fc.constant(Buffer.concat([Buffer.from([22, 38, 0, 9]), utf8('__proto__'), Buffer.from([0, 8]), utf8('polluted')])) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 20 }) },
);
const messages = fc.record({
  topic: topics,
  payload: payloads,
  qos: fc.constantFrom(0, 0, 0, 1, 1, 1, 2, 3),
  retain: fc.boolean(),
  dup: fc.boolean(),
  packetId: fc.nat(65_535),
  properties,
});

function isPolluted(): boolean {
  return 'polluted' in {} || Object.keys(Object.prototype).length > 0;
}

test('10,000 malformed messages from a hostile broker end nothing, change nothing and fill no log', async (t) => {
  t.timeout(600_000);
  const broker = await startHostileBroker(t);
  const switched: boolean[] = [];
  const onSwitch = (source: string, isOn: boolean): void => void (t.is(source, 'mic'), switched.push(isOn));
  const { publisher, lines } = startPublisher(t, { url: broker.url, homeAssistant: { prefix: 'homeassistant' }, onSwitch, backOff: { firstMs: 1, longestMs: 2 } });
  const samples = fc.sample(messages, { numRuns: 10_000, seed });
  for (const [index, message] of samples.entries()) {
    await until(() => broker.victim() !== undefined);
    broker.victim()?.write(publish(message));
    // Some messages end the connection; the next ones must meet a new one.
    if (index % 10 === 0) await delay(1);
  }
  t.is(samples.length, 10_000);
  publisher.caption(event(1));
  await until(() => broker.published.includes(captionTopic));
  t.false(isPolluted());
  const connections = broker.connections();
  // Obeyed is what is a command to the letter, and not retained.
  const commands = samples.filter(({ topic, payload, retain }) => String(topic) === 'earshot/pi/mic/set' && ['ON', 'OFF'].includes(Buffer.from(payload).toString()) && !retain);
  t.true(switched.length > 0 && switched.length <= commands.length);
  t.log({ messages: samples.length, connections, log_lines: lines.length, commands: commands.length, obeyed: switched.length, bytes_back: broker.answeredBytes() });
  // Two things are said of a connection: that it is there, and that it is lost.
  const rest = lines.filter(({ message, code }) => !message.startsWith('Connected') && code?.startsWith('BROKER_') !== true);
  t.true(lines.length - rest.length <= 2 * connections);
  // What the broker hangs up on five times is given up, and told; that events have waited is told too.
  t.true(rest.length <= connections / 5 + 1, JSON.stringify(rest));
  // An answer to a message is 4 bytes; what a new connection is told is less than 8 kB.
  t.true(broker.answeredBytes() < 4 * samples.length + 8192 * connections);
});

test('garbage in place of MQTT, before and after the connection is accepted, ends connections and nothing else', async (t) => {
  t.timeout(600_000);
  const broker = await startHostileBroker(t);
  const { publisher } = startPublisher(t, { url: broker.url, backOff: { firstMs: 1, longestMs: 2 } });
  const garbage = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 300 }), { numRuns: 100, seed });
  broker.greetings.push(...garbage.slice(0, 50));
  await until(() => broker.greetings.length === 0);
  for (const bytes of garbage) {
    await until(() => broker.victim() !== undefined);
    const victim = broker.victim();
    victim?.end(bytes);
    await until(() => victim?.destroyed !== false);
  }
  publisher.caption(event(1));
  await until(() => broker.published.includes(captionTopic));
  t.false(isPolluted());
});

test('messages of a quality of service that nobody asked for are not collected', async (t) => {
  const broker = await startHostileBroker(t);
  const { warned } = startPublisher(t, { url: broker.url });
  await until(() => broker.victim() !== undefined);
  broker.victim()?.write(publish({ topic: utf8('a'), payload: Buffer.alloc(100), qos: 2, retain: false, dup: false, packetId: 7, properties: Buffer.from([0]) }));
  t.regex((await warned('BROKER_FAILED')).message, /quality of service 2/);
});

test('what comes with the acceptance of a connection and ends it costs no message', async (t) => {
  const broker = await startHostileBroker(t);
  const unasked = publish({ topic: utf8('a'), payload: Buffer.alloc(100), qos: 2, retain: false, dup: false, packetId: 7, properties: Buffer.from([0]) });
  broker.greetings.push(Buffer.concat([packet(0x20, Buffer.from([0, 0, 0])), unasked]));
  const { codes } = startPublisher(t, { url: broker.url, homeAssistant: { prefix: 'homeassistant' }, backOff: { firstMs: 1, longestMs: 2 } });
  await until(() => broker.published.includes(statusTopic));
  t.deepEqual(codes(), ['BROKER_FAILED']);
});

/** What a client could send to the embedded broker, right and wrong. */
const clientPackets = fc.oneof(
  messages.map(publish),
  messages.map((message) => publish({ ...message, properties: Buffer.alloc(0) })),
  fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 60 })).map(([first, body]) => packet(first, body)),
  fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);
const connectPacket = packet(0x10, Buffer.from([0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 1, 120]));

test('10,000 malformed packets from hostile clients do not end the embedded broker, and the daemon publishes on', async (t) => {
  t.timeout(600_000);
  const broker = await startEmbeddedBroker({ host: '127.0.0.1', port: 0 });
  t.teardown(() => broker.close());
  const subscriber = await subscribe(t, broker.url, { protocolVersion: 4 });
  const { publisher } = startPublisher(t, { url: broker.url, backOff: { firstMs: 1, longestMs: 2 } });
  let client: Socket | undefined;
  const packets = fc.sample(clientPackets, { numRuns: 10_000, seed });
  for (const [index, bytes] of packets.entries()) {
    if (client === undefined || client.destroyed || client.writableEnded) {
      client = connect(broker.port, '127.0.0.1').on('error', () => undefined);
      client.resume();
      client.write(connectPacket);
    }
    client.write(bytes);
    if (index % 10 === 0) await delay(1);
  }
  client?.destroy();
  await until(() => publisher.isConnected());
  publisher.caption(event(1));
  await until(() => subscriber.on(captionTopic).some(({ payload }) => payload.includes(event(1).id)));
  t.false(isPolluted());
});
