import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../../daemon/bench/seeded-random.js';
import { defaultDelivery } from '../../daemon/publish/delivery/delivery.js';
import { freePort } from '../../daemon/bench/loopback-ports.js';
import { mosquitto, mosquittoTest } from '../publish/helpers/mosquitto.js';
import { captionTopic, event, numbers, startPublisher, statusTopic } from '../publish/helpers/publisher.js';
import { subscribe } from '../publish/helpers/subscriber.js';
import { until } from '../publish/helpers/until.js';
import { account } from './helpers/account.js';
import { startProxy } from './helpers/proxy.js';

/** However slow the machine, nothing is late here, and so nothing is held back. */
const unpaced = { ...defaultDelivery, lateAfterMs: 3_600_000, lateIntervalMs: 0 };
const idOf = (number: number): string => event(number).id;

mosquittoTest('a broker that is absent at boot is told at the first attempt, and gets every event once and in order when it comes', async (t) => {
  const broker = await mosquitto(t);
  await broker.start();
  const subscriber = await subscribe(t, broker.url);
  const port = await freePort();
  const { publisher, warned, codes } = startPublisher(t, { url: `mqtt://127.0.0.1:${port}`, delivery: unpaced });
  await warned('BROKER_REFUSED');
  for (const number of numbers(1, 50)) publisher.caption(event(number));
  t.deepEqual(subscriber.received, []);
  await startProxy(t, broker.port, port);
  await subscriber.waitFor(captionTopic, 50);
  await publisher.close();
  await subscriber.waitForPayload(statusTopic, 'offline');
  t.deepEqual(subscriber.captions(captionTopic).map(({ id }) => id), numbers(1, 50).map(idOf));
  t.deepEqual(codes(), ['BROKER_REFUSED']);
});

mosquittoTest('over a connection that is cut at 50 random moments no event is lost or out of order, and hardly any comes twice', async (t) => {
  const broker = await mosquitto(t);
  await broker.start();
  const proxy = await startProxy(t, broker.port);
  const subscriber = await subscribe(t, broker.url);
  const random = seededRandom(1);
  const { publisher, connections } = startPublisher(t, { url: proxy.url, delivery: unpaced, backOff: { firstMs: 2, longestMs: 20 } });
  let number = 0;
  for (const cuts of numbers(1, 50)) {
    await until(() => connections() >= cuts);
    const moment = random() * 20;
    const burst = 1 + Math.floor(random() * 10);
    for (let sent = 0; sent < burst; sent += 1) publisher.caption(event((number += 1)));
    await delay(moment);
    proxy.cut();
  }
  await until(() => subscriber.captions(captionTopic).some(({ id }) => id === idOf(number)));
  const balance = account(numbers(1, number).map(idOf), subscriber.captions(captionTopic).map(({ id }) => id));
  t.log(balance);
  t.like(balance, { lost: 0, outOfOrder: 0, strange: 0 });
  // One message is on its way at a time, so a cut can repeat one at most.
  t.true(balance.duplicated <= 50);
});

mosquittoTest('a slow network delays events and does nothing else', async (t) => {
  const broker = await mosquitto(t);
  await broker.start();
  const proxy = await startProxy(t, broker.port);
  proxy.slowDown(150);
  const subscriber = await subscribe(t, broker.url);
  const { publisher, codes, connections } = startPublisher(t, { url: proxy.url, delivery: unpaced, closeWithinMs: 20_000 });
  for (const number of numbers(1, 20)) publisher.caption(event(number));
  await subscriber.waitFor(captionTopic, 20);
  await publisher.close();
  await subscriber.waitForPayload(statusTopic, 'offline');
  t.deepEqual(subscriber.captions(captionTopic).map(({ id }) => id), numbers(1, 20).map(idOf));
  t.deepEqual(codes(), []);
  t.is(connections(), 1);
});

mosquittoTest('a half-open connection without traffic is noticed by keepalive, told and replaced', async (t) => {
  const broker = await mosquitto(t);
  await broker.start();
  const proxy = await startProxy(t, broker.port);
  const subscriber = await subscribe(t, broker.url);
  const { publisher, warned, connections } = startPublisher(t, { url: proxy.url, delivery: unpaced, keepaliveSeconds: 1, connectTimeoutMs: 500 });
  await subscriber.waitForPayload(statusTopic, 'online');

  const since = performance.now();
  proxy.freeze();
  const line = await warned('BROKER_TIMEOUT');
  t.log(`told after ${((performance.now() - since) / 1000).toFixed(1)} s, with a keepalive of 1 s`);
  t.regex(line.message, /has stopped answering/);
  publisher.caption(event(1));
  proxy.thaw();
  await until(() => connections() >= 2);
  await subscriber.waitFor(captionTopic);
  t.deepEqual(subscriber.captions(captionTopic).map(({ id }) => id), [idOf(1)]);
});

mosquittoTest('a half-open connection is noticed by the event that nobody confirms, which then arrives once', async (t) => {
  const broker = await mosquitto(t);
  await broker.start();
  const proxy = await startProxy(t, broker.port);
  const subscriber = await subscribe(t, broker.url);
  const { publisher, warned } = startPublisher(t, {
    url: proxy.url,
    connectTimeoutMs: 500,
    delivery: { ...unpaced, acknowledgeWithinMs: 400 },
  });
  await subscriber.waitForPayload(statusTopic, 'online');
  await until(() => publisher.isConnected());

  const since = performance.now();
  proxy.freeze();
  for (const number of numbers(1, 5)) publisher.caption(event(number));
  const line = await warned('BROKER_TIMEOUT');
  t.log(`told after ${((performance.now() - since) / 1000).toFixed(1)} s, with 0.4 s to confirm`);
  t.regex(line.message, /has stopped answering/);
  proxy.thaw();
  await subscriber.waitFor(captionTopic, 5);
  t.deepEqual(subscriber.captions(captionTopic).map(({ id }) => id), numbers(1, 5).map(idOf));
});
