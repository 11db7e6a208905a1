import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import test from 'ava';
import { createLog } from '../../daemon/log/create-log.js';
import { keepEmbeddedBroker } from '../../daemon/run/keep-embedded-broker.js';
import { createManualTimers } from '../helpers/manual-timers.js';

function collect() {
  const lines: { msg: string; err?: { code: string } }[] = [];
  return { lines, log: createLog({ level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]) } }) };
}

test('a port that is taken is told once and tried again until it is free', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { lines, log } = collect();
  const timers = createManualTimers();
  const broker = await keepEmbeddedBroker({ host: '127.0.0.1', port }, log, timers);
  t.is(broker.url, `mqtt://127.0.0.1:${port}`);

  await timers.fire(30_000);
  await timers.asking(30_000);
  t.deepEqual(lines.map(({ err }) => err?.code), ['EMBEDDED_BROKER_PORT_TAKEN']);

  other.close();
  await once(other, 'close');
  await timers.fire(30_000);
  while (lines.length < 2) await new Promise((resolve) => setImmediate(resolve));
  t.is(lines[1]?.msg, 'embedded MQTT broker listening');
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  await broker.close();
});

test('it can be closed while it is still trying', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.teardown(() => other.close());
  const broker = await keepEmbeddedBroker({ host: '127.0.0.1', port: (other.address() as AddressInfo).port }, collect().log, createManualTimers());
  await t.notThrowsAsync(broker.close());
});
