import test from 'ava';
import fc from 'fast-check';
import { topicPart } from '../../daemon/publish/topic-part.js';
import { createTopics } from '../../daemon/publish/topics.js';

test('topics lie under base, device and source', (t) => {
  const topics = createTopics('earshot', 'pi');
  t.is(topics.status, 'earshot/pi/status');
  t.is(topics.health, 'earshot/pi/health');
  t.is(topics.caption('mic'), 'earshot/pi/mic/caption');
  t.is(topics.state('mic'), 'earshot/pi/mic/state');
});

test('the base may have levels of its own', (t) => {
  t.is(createTopics('/home//ear.shot/', 'pi').status, 'home/ear.shot/pi/status');
});

test('an empty base is the usual one', (t) => {
  t.is(createTopics('', 'pi').status, 'earshot/pi/status');
});

test('a good name stays as it is', (t) => {
  for (const name of ['mic', 'Mic_1', '-a-', '_', 'x'.repeat(64)]) t.is(topicPart(name), name);
});

test('a name for people becomes one for topics', (t) => {
  t.is(topicPart('Küche (oben)'), 'Kuche-oben');
});

test('names of which nothing is left stay apart', (t) => {
  t.not(topicPart('台所'), topicPart('寝室'));
  t.regex(topicPart(''), /^unnamed-/);
});

test('whatever the names, topics have no wildcards, no empty levels and no more levels than meant', (t) => {
  const names = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('#', '+', '/', '', '$SYS', 'a/b', '\0', '..', ' '));
  fc.assert(
    fc.property(names, names, names, (base, device, source) => {
      const topic = createTopics(base, device).caption(source);
      const levels = topic.split('/');
      return (
        /^[A-Za-z0-9_.-]{1,64}(\/[A-Za-z0-9_.-]{1,64})*$/.test(topic) &&
        levels.slice(-3).every((level) => /^[A-Za-z0-9_-]+$/.test(level)) &&
        levels.at(-1) === 'caption'
      );
    }),
  );
  t.pass();
});
