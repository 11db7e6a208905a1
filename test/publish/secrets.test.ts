import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import test from 'ava';
import { probeBroker } from '../../daemon/publish/connection/probe-broker.js';
import { freePort } from '../../daemon/bench/loopback-ports.js';
import { mosquitto, mosquittoTest } from './helpers/mosquitto.js';
import { event, startPublisher } from './helpers/publisher.js';

const password = 'hunter2-c0ffee-SECRET';
const secret = new RegExp([password, Buffer.from(password).toString('base64').slice(0, 20), Buffer.from(password).toString('hex').match(/../g)!.join(' ')].join('|'));

/** Everything that can be printed of a value. */
function printed(value: unknown): string {
  return [inspect(value, { depth: 20, showHidden: true, getters: true }), String(value), JSON.stringify(value)].join('\n');
}

mosquittoTest('a password is in no log line, error or object, whether it is right or wrong', async (t) => {
  const broker = await mosquitto(t, { users: { earshot: 'another' } });
  await broker.start();
  const options = { url: broker.url, username: 'earshot', password };
  const { publisher, lines, warned } = startPublisher(t, options);
  publisher.caption(event(1));
  await warned('BROKER_LOGIN');
  await publisher.close();
  const error = await t.throwsAsync(probeBroker(options));
  t.notRegex(printed([lines, publisher, publisher.problem(), error, error.stack]), secret);
});

test('a password is in no log line when the broker is not there, or TLS goes wrong', async (t) => {
  for (const url of [`mqtt://127.0.0.1:${await freePort()}`, 'mqtt://broker.invalid', `mqtts://127.0.0.1:${await freePort()}`]) {
    const error = await t.throwsAsync(probeBroker({ url, username: 'earshot', password }));
    t.notRegex(printed([error, error.stack]), secret);
  }
});

mosquittoTest('a password does not get out through the debug logs of libraries either', async (t) => {
  const broker = await mosquitto(t, { users: { earshot: password } });
  await broker.start();
  const child = fork(fileURLToPath(new URL('./fixtures/publish-until-killed.js', import.meta.url)), [broker.url, password], {
    env: { ...process.env, DEBUG: '*' },
    silent: true,
  });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  const connected = new Promise<void>((resolve) => {
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('Connected to the MQTT broker')) resolve();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
  });
  await connected;
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.send('close');
  await closed;
  t.regex(output, /mqtt/);
  t.notRegex(output, secret);
});
