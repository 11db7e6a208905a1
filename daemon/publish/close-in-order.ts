import type { Delivery } from './delivery/delivery.js';
import type { Connecting } from './connection/keep-connected.js';
import type { Outbox } from './delivery/outbox.js';
import type { Log } from './surroundings.js';
import type { Timers } from '../time/timers.js';
import { within } from '../time/within.js';

interface Closing {
  readonly prepare: () => void;
  readonly sayOffline: () => void;
  readonly delivery: Delivery;
  readonly connecting: Connecting;
  readonly outbox: Outbox;
  readonly withinMs: number;
  readonly timers: Timers;
  readonly log: Log;
}

/**
 * Delivers what is waiting, then `offline`, then takes leave; each for a bounded time. If the broker does not confirm
 * `offline` the connection is cut instead, so that the will says it. Never rejects.
 */
export async function closeInOrder(parts: Closing): Promise<void> {
  const { prepare, sayOffline, delivery, connecting, outbox, withinMs, timers, log } = parts;
  prepare();
  const connection = connecting.connection();
  if (connection?.isOpen() === true) {
    const gone = connection.gone.then(() => false);
    const inTime = (done: Promise<void>): Promise<boolean> => settledWithin(done, gone, withinMs, timers);

    await inTime(delivery.drained());
    delivery.holdEvents();
    sayOffline();
    if (await inTime(delivery.drained())) await settledWithin(connecting.leave(), undefined, withinMs, timers);
  }
  await settledWithin(connecting.stop(), undefined, withinMs, timers);
  await settledWithin(outbox.close(), undefined, withinMs, timers);
  const waiting = outbox.waiting();
  if (waiting > 0) {
    const fate = outbox.state() === 'disk' ? 'they are kept for the next start' : 'they are lost';
    log.warn({ events_waiting: waiting }, `Closing with ${waiting} caption events that the MQTT broker has not taken; ${fate}`);
  }
}

/** Whether `done` resolves before the time is up, and before the connection is gone if that matters. */
function settledWithin(done: Promise<void>, gone: Promise<boolean> | undefined, ms: number, timers: Timers): Promise<boolean> {
  return within(timers, ms, Promise.race([done.then(() => true), ...(gone === undefined ? [] : [gone])]), () => false);
}
