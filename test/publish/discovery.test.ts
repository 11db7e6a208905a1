import { readFileSync } from 'node:fs';
import test from 'ava';
import { birthTopic, discoveryMessage } from '../../daemon/publish/home-assistant/discovery.js';
import { createTopics } from '../../daemon/publish/topics.js';

const pinned = new URL('../../../test/publish/fixtures/discovery.json', import.meta.url);

interface Payload {
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function discovery(sources: readonly string[], deviceId = 'pi', isSwitchable = true) {
  return discoveryMessage({
    prefix: 'homeassistant',
    device: { id: deviceId, name: 'Pi' },
    sources,
    isSwitchable,
    version: '1.2.3',
    topics: createTopics('earshot', deviceId),
  });
}

test('the discovery payload is the one that Home Assistant has been promised', (t) => {
  const message = discovery(['mic']);
  t.is(message.topic, 'homeassistant/device/earshot_pi/config');
  t.true(message.retain);
  t.deepEqual(JSON.parse(message.payload), JSON.parse(readFileSync(pinned, 'utf8')));
});

test('every entity has an id of its own, whatever the sources are called', (t) => {
  const { components } = JSON.parse(discovery(['mic', 'garden', 'status', 'windows']).payload) as Payload;
  const ids = Object.values(components).map((component) => component['unique_id']);
  t.is(new Set(ids).size, ids.length);
  t.is(ids.length, 4 * 6 + 15);
});

test('identifiers and the topic hold nothing that Home Assistant forbids', (t) => {
  const message = discovery(['Küche/+'], 'pi #1');
  t.regex(message.topic, /^homeassistant\/device\/[A-Za-z0-9_-]+\/config$/);
  const { components } = JSON.parse(message.payload) as Payload;
  for (const [key, component] of Object.entries(components)) {
    t.regex(key, /^[A-Za-z0-9_-]+$/);
    t.regex(String(component['unique_id']), /^[A-Za-z0-9_-]+$/);
  }
});

test('a source more is a matter of a few hundred bytes', (t) => {
  const size = (sources: string[]): number => discovery(sources).payload.length;
  t.true(size(['a', 'b']) - size(['a']) < 2000);
});

test('births are heard under the prefix', (t) => {
  t.is(birthTopic('homeassistant'), 'homeassistant/status');
  t.is(birthTopic('home/ha'), 'home/ha/status');
});
