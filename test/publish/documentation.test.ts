import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { buildCaptionEvent } from '../../daemon/event/build-caption-event.js';
import { buildHealth } from '../../daemon/event/health.js';
import { sourceState } from '../../daemon/event/source-state.js';
import { captionPayload } from '../../daemon/publish/message.js';
import { counters } from '../helpers/counters.js';
import { hastyTimers } from './helpers/hasty-timers.js';
import { mosquitto, mosquittoTest } from './helpers/mosquitto.js';
import { captionTopic, event, healthTopic, startPublisher, stateTopic, statusTopic } from './helpers/publisher.js';
import { subscribe } from './helpers/subscriber.js';
import { until } from './helpers/until.js';

const page = readFileSync(new URL('../../../docs/mqtt.md', import.meta.url), 'utf8');

/** The code blocks of one language. */
function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text ?? '');
}

test('the payloads shown are those that are sent', (t) => {
  const times = { start: '', end: '' };
  const caption = buildCaptionEvent({ id: '', source: '', caption: { text: '', confidence: 1 }, levelDbfs: 0, times, model: '' });
  const sent = [JSON.parse(captionPayload(caption, false)), sourceState('deaf', 0, ''), buildHealth(counters(), { dropped: 0, waiting: 0, outbox: 'disk' }, 0, 0)] as object[];
  t.deepEqual(blocks('json').map((block) => Object.keys(JSON.parse(block) as object)), sent.map((payload) => Object.keys(payload)));
});

mosquittoTest('the access control list shown is enough', async (t) => {
  const [acl = ''] = blocks('acl');
  const broker = await mosquitto(t, {
    users: { earshot: 'password', reader: 'password' },
    files: { acl: `${acl}\nuser reader\ntopic readwrite #\n` },
    config: 'acl_file acl',
  });
  await broker.start();
  const subscriber = await subscribe(t, broker.url, { username: 'reader', password: 'password' });
  // The wait after a birth, half way from 1 to 10 s, and no other: a hasty time limit of the connection would end it.
  const { timers } = hastyTimers(5500, 5500);
  const switched: boolean[] = [];
  const { publisher, codes } = startPublisher(
    t,
    { url: broker.url, username: 'earshot', password: 'password', homeAssistant: { prefix: 'homeassistant' }, onSwitch: (_, isOn) => void switched.push(isOn), closeWithinMs: 20_000 },
    { timers, random: () => 0.5 },
  );
  publisher.sourceState('mic', { state: 'listening', since: '2026-11-23T06:00:00.000Z' });
  publisher.health(counters());
  publisher.caption(event(1));
  await subscriber.waitFor(captionTopic);
  await subscriber.waitFor(stateTopic);
  await subscriber.waitFor(healthTopic);
  // The birth of Home Assistant is heard when everything is said again.
  while (subscriber.on('homeassistant/device/earshot_pi/config').length < 2) {
    await subscriber.client.publishAsync('homeassistant/status', 'online', { qos: 1 });
    await delay(20);
  }
  await subscriber.client.publishAsync('earshot/pi/mic/set', 'OFF', { qos: 1 });
  await until(() => switched.length === 1);
  await publisher.close();
  await subscriber.waitForPayload(statusTopic, 'offline');
  t.deepEqual(codes(), []);
});
