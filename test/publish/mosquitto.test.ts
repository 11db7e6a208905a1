import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { defaultDelivery } from '../../daemon/publish/delivery/delivery.js';
import { startEmbeddedBroker } from '../../daemon/publish/embedded-broker/start-embedded-broker.js';
import { hastyTimers } from './helpers/hasty-timers.js';
import { mosquitto, mosquittoTest } from './helpers/mosquitto.js';
import { captionTopic, event, numbers, startPublisher, statusTopic } from './helpers/publisher.js';
import { subscribe } from './helpers/subscriber.js';
import { until } from './helpers/until.js';

mosquittoTest('a broker that speaks MQTT 5 is spoken to in MQTT 5, and told when an event is no longer worth delivering', async (t) => {
  const broker = await mosquitto(t);
  await broker.start();
  const subscriber = await subscribe(t, broker.url, { protocolVersion: 5 });
  const { publisher, lines } = startPublisher(t, { url: broker.url });
  publisher.caption(event(1));
  const [caption] = await subscriber.waitFor(captionTopic);
  t.is(lines.find(({ mqtt }) => mqtt !== undefined)?.mqtt, '5');
  const expiry = caption?.properties?.messageExpiryInterval ?? 0;
  t.true(expiry > 3500 && expiry <= 3600, `${expiry}`);
  t.is(subscriber.on(statusTopic)[0]?.properties?.messageExpiryInterval, undefined);
});

mosquittoTest('a killed daemon is said to be offline by its last will', async (t) => {
  const broker = await mosquitto(t);
  await broker.start();
  const subscriber = await subscribe(t, broker.url);
  const child = fork(fileURLToPath(new URL('./fixtures/publish-until-killed.js', import.meta.url)), [broker.url], { silent: true });
  t.teardown(() => child.kill('SIGKILL'));
  await subscriber.waitForPayload(statusTopic, 'online');
  child.kill('SIGKILL');
  await subscriber.waitForPayload(statusTopic, 'offline');

  const later = await subscribe(t, broker.url);
  await later.waitFor(statusTopic);
  t.is(later.on(statusTopic)[0]?.payload, 'offline');
  t.true(later.on(statusTopic)[0]?.isRetained);
});

mosquittoTest('a daemon that ends says offline itself and leaves no will behind', async (t) => {
  const broker = await mosquitto(t);
  await broker.start();
  const subscriber = await subscribe(t, broker.url);
  const child = fork(fileURLToPath(new URL('./fixtures/publish-until-killed.js', import.meta.url)), [broker.url], { silent: true });
  t.teardown(() => child.kill('SIGKILL'));
  await subscriber.waitForPayload(statusTopic, 'online');
  child.send('close');
  const [code] = (await once(child, 'exit')) as [number];
  t.is(code, 0);
  await subscriber.waitForPayload(statusTopic, 'offline');
  t.deepEqual(subscriber.on(statusTopic).map(({ payload }) => payload), ['online', 'offline']);
});

// However long a busy machine takes over the restart of a broker.
const neverLate = { ...defaultDelivery, lateAfterMs: Number.POSITIVE_INFINITY };

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  mosquittoTest(`over a broker's restart by ${signal} each event arrives once and in order`, async (t) => {
    const broker = await mosquitto(t);
    await broker.start();
    const before = await subscribe(t, broker.url);
    const { publisher, codes } = startPublisher(t, { url: broker.url, delivery: neverLate });
    for (const number of numbers(1, 20)) publisher.caption(event(number));
    await before.waitFor(captionTopic, 20);

    await broker.stop(signal);
    await until(() => codes().includes('BROKER_CLOSED'));
    // So that none gets through before the subscriber is back: the broker forgets its sessions.
    await until(() => codes().includes('BROKER_REFUSED'));
    await broker.start();
    await until(() => before.subscriptions() >= 2);
    for (const number of numbers(21, 40)) publisher.caption(event(number));
    await before.waitFor(captionTopic, 40);
    await publisher.close();
    await before.waitForPayload(statusTopic, 'offline');
    t.deepEqual(before.captions(captionTopic).map(({ id }) => id), numbers(1, 40).map((number) => event(number).id));
  });
}

mosquittoTest('a broker that is restarted again and again loses nothing for a subscriber whose session it keeps', async (t) => {
  const broker = await mosquitto(t, { config: 'persistence true\npersistence_location ./\nautosave_interval 1\nautosave_on_changes true' });
  await broker.start();
  const subscriber = await subscribe(t, broker.url, { clean: false, clientId: 'faithful', reconnectPeriod: 20 });
  const { publisher, connections } = startPublisher(t, { url: broker.url, delivery: neverLate });
  for (const round of [0, 1, 2, 3]) {
    for (const number of numbers(round * 25 + 1, round * 25 + 25)) publisher.caption(event(number));
    if (round === 3) break;
    await until(() => publisher.isConnected());
    await broker.stop('SIGTERM');
    await broker.start();
    await until(() => connections() >= round + 2);
  }
  await until(() => subscriber.captions(captionTopic).some(({ id }) => id === event(100).id));
  // A message that was on its way at the end of a broker may come twice, which its id shows.
  const ids = subscriber.captions(captionTopic).map(({ id }) => id);
  const distinct = [...new Set(ids)];
  t.deepEqual(distinct, numbers(1, 100).map((number) => event(number).id));
  t.true(ids.length - distinct.length <= 6, `${ids.length - distinct.length} duplicates`);
});

mosquittoTest('Home Assistant finds the device, and is told everything again after its start', async (t) => {
  const broker = await mosquitto(t);
  await broker.start();
  const subscriber = await subscribe(t, broker.url);
  // The wait after a birth message is the only one of these.
  const { timers, asked } = hastyTimers(1000, 10_000);
  const discovery = 'homeassistant/device/earshot_pi/config';
  const { publisher } = startPublisher(
    t,
    { url: broker.url, homeAssistant: { prefix: 'homeassistant' }, closeWithinMs: 20_000 },
    { timers, random: () => 0.5 },
  );
  publisher.sourceState('mic', { state: 'listening', since: '2026-11-23T06:00:00.000Z' });
  await subscriber.waitFor(discovery);
  const later = await subscribe(t, broker.url);
  await later.waitFor(discovery);
  t.true(later.on(discovery)[0]?.isRetained);

  // Until the publisher's own subscription stands, a birth message may pass it by.
  while (subscriber.on(discovery).length < 2) {
    await subscriber.client.publishAsync('homeassistant/status', 'online', { qos: 1 });
    await delay(20);
  }
  await until(() => subscriber.on('earshot/pi/mic/state').length >= 2);
  t.is(asked[0], 5500);
});

test('without discovery nothing is said to Home Assistant', async (t) => {
  const broker = await startEmbeddedBroker({ host: '127.0.0.1', port: 0 });
  t.teardown(() => broker.close());
  const subscriber = await subscribe(t, broker.url);
  const { publisher } = startPublisher(t, { url: broker.url });
  publisher.caption(event(1));
  await subscriber.waitFor(captionTopic);
  t.true(subscriber.received.every(({ topic }) => topic.startsWith('earshot/')));
});
