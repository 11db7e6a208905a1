import test from 'ava';
import fc from 'fast-check';
import { hideSecrets } from '../../daemon/log/hide-secrets.js';

test('user and password of an address are hidden, the address is not', (t) => {
  t.is(hideSecrets('rtsp://admin:hunter2@cam.local:554/stream: 401 Unauthorized'), 'rtsp://(hidden)@cam.local:554/stream: 401 Unauthorized');
  t.is(hideSecrets('"mqtt://me:hun@ter2@host","mqtts://u@h"'), '"mqtt://(hidden)@host","mqtts://(hidden)@h"');
  t.is(hideSecrets('{"x":"rtsp://a:hun\\"ter2@h/"}'), '{"x":"rtsp://(hidden)@h/"}');
});

test('what is named a password is hidden, in queries, options and headers', (t) => {
  t.is(hideSecrets('http://cam/?user=a&password=hunter2&x=1'), 'http://cam/?user=a&password=(hidden)&x=1');
  t.is(hideSecrets('["rec","--password","hunter2","--token=hunter2"]'), '["rec","--password","(hidden)","--token=(hidden)"]');
  t.is(hideSecrets('Authorization: Basic aHVudGVyMg==\\r\\n'), 'Authorization: Basic (hidden)');
});

test('sentences about passwords, addresses without them and captions stay as they are', (t) => {
  for (const text of [
    'a password does not belong here; write it alone to a file and set mqtt.password_file to its path',
    'Check mqtt.username and mqtt.password_file',
    'mqtt://192.168.1.2:1883 refused',
    'earshot@kitchen.example wrote',
    'Cars pass by and a token drops',
  ]) {
    t.is(hideSecrets(text), text);
  }
});

test('no password of an address gets through, whatever it is made of, and a JSON line stays JSON', (t) => {
  fc.assert(
    fc.property(fc.string({ minLength: 4, unit: 'binary-ascii' }).filter((password) => !/[/\s']/.test(password)), (password) => {
      const secret = `${password}-hunter2`;
      const shown = hideSecrets(JSON.stringify({ msg: `ffmpeg: rtsp://user:${secret}@cam/x failed` }));
      t.false(shown.includes('hunter2'));
      t.is((JSON.parse(shown) as { msg: string }).msg, 'ffmpeg: rtsp://(hidden)@cam/x failed');
    }),
  );
});
