import test from 'ava';
import type { Connection } from '../../daemon/publish/connection/open-connection.js';
import { keepConnected } from '../../daemon/publish/connection/keep-connected.js';
import { PublishError } from '../../daemon/publish/publish-error.js';
import { manualTime } from './helpers/manual-time.js';
import { recordedLog } from './helpers/recorded-log.js';
import { until } from './helpers/until.js';

/** A connection that ends when it is told to, as one of which the broker has closed its side. */
function fakeConnection(): Connection {
  let end = (): void => undefined;
  const gone = new Promise<PublishError>((resolve) => {
    end = () => resolve(new PublishError({ code: 'BROKER_CLOSED', message: 'closed', remedy: 'none' }));
  });
  const nothing = (): Promise<void> => Promise.resolve();
  return { protocol: 5, gone, isOpen: () => true, publish: nothing, subscribe: nothing, end, destroy: end };
}

for (const way of ['leave', 'stop'] as const) {
  test(`a connection that ends because it was told to ${way} is no loss, however soon its user is done with it`, async (t) => {
    const { log, lines, codes, connections } = recordedLog();
    const { clock, timers } = manualTime();
    const connecting = keepConnected(
      { label: 'mqtt://broker', backOff: { firstMs: 1, longestMs: 1 }, open: () => Promise.resolve(fakeConnection()), use: () => Promise.resolve() },
      { clock, timers, random: () => 0, log },
    );
    await until(() => connections() === 1);
    await connecting[way]();
    t.deepEqual(codes(), []);
    t.is(lines.length, 1);
    t.is(connecting.problem(), undefined);
  });
}
