import test, { type ExecutionContext } from 'ava';
import { createMemoryOutbox } from '../../daemon/publish/delivery/memory-outbox.js';
import type { OutboxOptions } from '../../daemon/publish/delivery/outbox.js';
import { startEmbeddedBroker, type EmbeddedBroker } from '../../daemon/publish/embedded-broker/start-embedded-broker.js';
import type { PublisherOptions } from '../../daemon/publish/publisher.js';
import { counters } from '../helpers/counters.js';
import { freePort } from '../../daemon/bench/loopback-ports.js';
import { manualTime } from './helpers/manual-time.js';
import { captionTopic, event, healthTopic, lateTopic, numbers, startPublisher, statusTopic, stateTopic } from './helpers/publisher.js';
import { subscribe } from './helpers/subscriber.js';
import { until } from './helpers/until.js';

async function brokerOn(t: ExecutionContext, port = 0): Promise<EmbeddedBroker> {
  const broker = await startEmbeddedBroker({ host: '127.0.0.1', port });
  t.teardown(() => broker.close());
  return broker;
}

test('captions arrive at quality of service 1, not retained, in order', async (t) => {
  const { url } = await brokerOn(t);
  const subscriber = await subscribe(t, url);
  const { publisher } = startPublisher(t, { url });
  for (const number of numbers(1, 50)) publisher.caption(event(number));
  const received = await subscriber.waitFor(captionTopic, 50);
  t.deepEqual(received.map(({ payload }) => JSON.parse(payload) as unknown), numbers(1, 50).map((number) => ({ event_type: 'caption', ...event(number) })));
  t.true(received.every(({ qos, isRetained }) => qos === 1 && !isRetained));
});

test('a broker that speaks MQTT 3.1.1 only is spoken to in MQTT 3.1.1', async (t) => {
  const { url } = await brokerOn(t);
  const { publisher, lines } = startPublisher(t, { url });
  await until(() => publisher.isConnected());
  t.is(lines.find(({ mqtt }) => mqtt !== undefined)?.mqtt, '3.1.1');
});

test('status, source state and health are retained for whoever comes later', async (t) => {
  const { url } = await brokerOn(t);
  const early = await subscribe(t, url);
  const { publisher } = startPublisher(t, { url });
  publisher.sourceState('mic', { state: 'listening', since: '2026-11-23T06:00:00.000Z' });
  publisher.health(counters({ windowsCaptioned: 1, windowsGated: 2, windowsSkipped: 3, lagSeconds: 0.4 }));
  publisher.caption(event(1));
  await early.waitFor(captionTopic);

  const late = await subscribe(t, url);
  await late.waitFor(statusTopic);
  await late.waitFor(stateTopic);
  await late.waitFor(healthTopic);
  t.is(late.on(statusTopic)[0]?.payload, 'online');
  t.deepEqual(JSON.parse(late.on(stateTopic)[0]!.payload), { state: 'listening', since: '2026-11-23T06:00:00.000Z' });
  t.like(JSON.parse(late.on(healthTopic)[0]!.payload), { windows_captioned: 1, windows_gated: 2, windows_skipped: 3, lag_s: 0.4, events_dropped: 0 });
  t.true(late.received.every(({ isRetained }) => isRetained));
  t.deepEqual(late.on(captionTopic), []);
});

test('a state that has not changed is not said again', async (t) => {
  const { url } = await brokerOn(t);
  const subscriber = await subscribe(t, url);
  const { publisher } = startPublisher(t, { url });
  const listening = { state: 'listening', since: '2026-11-23T06:00:00.000Z' } as const;
  publisher.sourceState('mic', listening);
  await subscriber.waitFor(stateTopic);
  publisher.sourceState('mic', { ...listening });
  publisher.caption(event(1));
  await subscriber.waitFor(captionTopic);
  t.is(subscriber.on(stateTopic).length, 1);
});

test('health is passed on no more often than agreed', async (t) => {
  const { url } = await brokerOn(t);
  const subscriber = await subscribe(t, url);
  const { publisher } = startPublisher(t, { url, healthIntervalMs: 3_600_000 });
  const say = (windowsCaptioned: number): void => publisher.health(counters({ windowsCaptioned }));
  say(1);
  await subscriber.waitFor(healthTopic);
  for (const number of numbers(2, 200)) say(number);
  await publisher.close();
  await subscriber.waitFor(healthTopic, 2);
  const counts = subscriber.on(healthTopic).map(({ payload }) => (JSON.parse(payload) as { windows_captioned: number }).windows_captioned);
  t.deepEqual(counts, [1, 200]);
});

/** A publisher whose broker is not there yet, on a clock of its own; it connects when it is told to, never before. */
async function early(t: ExecutionContext, options: Partial<PublisherOptions> = {}, outbox?: OutboxOptions) {
  const port = await freePort();
  const time = manualTime();
  const recorded = startPublisher(
    t,
    {
      url: `mqtt://127.0.0.1:${port}`,
      backOff: { firstMs: 1, longestMs: 1 },
      ...(outbox === undefined ? {} : { outbox: ({ onDrop }) => createMemoryOutbox(outbox, time.clock, onDrop) }),
      ...options,
    },
    time,
  );
  await recorded.warned('BROKER_REFUSED');
  // The wait before the next attempt has begun.
  await until(() => time.pending() === 1);
  return {
    ...recorded,
    time,
    port,
    /** Lets time pass without a chance to connect. */
    pass: time.jump,
    async connect(): Promise<void> {
      time.pass(1);
      await until(() => recorded.publisher.isConnected());
    },
  };
}

test('a broker that starts after the daemon gets what is current, then what has waited', async (t) => {
  const { publisher, port, connect, codes } = await early(t, { homeAssistant: { prefix: 'homeassistant' } });
  publisher.caption(event(1));
  publisher.sourceState('mic', { state: 'deaf', since: '2026-11-23T06:00:00.000Z' });
  t.is(publisher.problem()?.code, 'BROKER_REFUSED');

  const subscriber = await subscribe(t, (await brokerOn(t, port)).url);
  await connect();
  publisher.caption(event(2));
  await subscriber.waitFor(captionTopic, 2);
  t.deepEqual(
    subscriber.received.map(({ topic }) => topic),
    [statusTopic, 'homeassistant/device/earshot_pi/config', stateTopic, captionTopic, captionTopic],
  );
  t.is(publisher.problem(), undefined);
  t.deepEqual(codes(), ['BROKER_REFUSED']);
});

test('events of a long outage are bounded, expire, are marked late and arrive in order', async (t) => {
  const minute = 60_000;
  const { publisher, port, pass, connect, codes } = await early(
    t,
    { delivery: { lateAfterMs: 5000, lateIntervalMs: 0, acknowledgeWithinMs: 20_000 } },
    { capacity: 10, expireAfterMs: 60 * minute },
  );
  // Three hours, an event a minute.
  for (const number of numbers(1, 180)) {
    publisher.caption(event(number));
    pass(minute);
  }
  // Of the last ten, five become too old.
  pass(54.5 * minute);

  const subscriber = await subscribe(t, (await brokerOn(t, port)).url);
  await connect();
  publisher.caption(event(181));
  await subscriber.waitFor(lateTopic, 5);
  await subscriber.waitFor(captionTopic);
  const payloads = (topic: string): unknown[] => subscriber.on(topic).map(({ payload }) => JSON.parse(payload) as unknown);
  t.deepEqual(payloads(lateTopic), numbers(176, 180).map((number) => ({ event_type: 'late_caption', ...event(number), late: true })));
  t.deepEqual(payloads(captionTopic), [{ event_type: 'caption', ...event(181) }]);
  t.deepEqual(codes(), ['BROKER_REFUSED', 'EVENTS_OVERFLOW', 'EVENTS_EXPIRED']);
  publisher.health(counters());
  await subscriber.waitFor(healthTopic);
  t.like(JSON.parse(subscriber.on(healthTopic)[0]!.payload), { events_dropped: 175, events_waiting: 0 });
});

test('late events are spaced out, and neither notices nor what is heard now wait for them', async (t) => {
  const { publisher, port, pass, connect, time } = await early(t, {
    delivery: { lateAfterMs: 5000, lateIntervalMs: 1000, acknowledgeWithinMs: 20_000 },
  });
  for (const number of numbers(1, 3)) publisher.caption(event(number));
  pass(6000);

  const subscriber = await subscribe(t, (await brokerOn(t, port)).url);
  await connect();
  for (const count of [1, 2, 3]) {
    await subscriber.waitFor(lateTopic, count);
    publisher.sourceState('mic', { state: 'listening', since: `2026-11-23T06:00:0${count}.000Z` });
    publisher.caption(event(count + 3));
    await subscriber.waitFor(stateTopic, count);
    await subscriber.waitFor(captionTopic, count);
    t.is(subscriber.on(lateTopic).length, count);
    time.pass(1000);
  }
});

test('a broker that comes back is told everything again, each event once and in order', async (t) => {
  const port = await freePort();
  const first = await brokerOn(t, port);
  const { publisher, warned } = startPublisher(t, { url: first.url });
  publisher.sourceState('mic', { state: 'listening', since: '2026-11-23T06:00:00.000Z' });
  const before = await subscribe(t, first.url);
  for (const number of numbers(1, 5)) publisher.caption(event(number));
  await before.waitFor(captionTopic, 5);
  await before.client.endAsync(true);

  await first.close();
  await warned('BROKER_CLOSED');
  const second = await brokerOn(t, port);
  const after = await subscribe(t, second.url);
  await after.waitFor(statusTopic);
  await after.waitFor(stateTopic);
  for (const number of numbers(6, 10)) publisher.caption(event(number));
  await after.waitFor(captionTopic, 5);
  t.is(after.on(statusTopic).at(-1)?.payload, 'online');
  t.deepEqual(after.captions(captionTopic).map(({ id }) => id), numbers(6, 10).map((number) => event(number).id));
});
