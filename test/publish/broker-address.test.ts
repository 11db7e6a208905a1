import { inspect } from 'node:util';
import test from 'ava';
import { parseBrokerUrl } from '../../daemon/publish/connection/broker-address.js';
import { PublishError } from '../../daemon/publish/publish-error.js';

for (const [url, host, port] of [
  ['mqtt://broker.example', 'broker.example', 1883],
  ['mqtts://broker.example', 'broker.example', 8883],
  ['mqtt://192.0.2.1:11883', '192.0.2.1', 11883],
  ['mqtt://[::1]:1884', '::1', 1884],
  ['wss://broker.example/mqtt', 'broker.example', 443],
] as const) {
  test(`${url} is port ${port} of ${host}`, (t) => {
    const address = parseBrokerUrl(url);
    t.is(address.host, host);
    t.is(address.port, port);
  });
}

for (const url of ['', 'broker', 'http://broker.example', 'mqtt://', 'mqtt://a:hunter2secret@', 'mqtt://a:hunter2secret@broker', '//a:hunter2secret@b', 'mqtt://a:hunter2secret@b:999999']) {
  test(`${JSON.stringify(url)} is refused, with a remedy and without a password`, (t) => {
    const error = t.throws(() => parseBrokerUrl(url), { instanceOf: PublishError });
    t.is(error.code, 'BROKER_URL_INVALID');
    t.true(error.remedy.length > 0);
    t.notRegex(inspect(error, { depth: 10, showHidden: true }), /hunter2secret/);
  });
}
