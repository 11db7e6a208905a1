import type { Clock } from '../../time/clock.js';
import { createBell } from '../../time/bell.js';
import { captionPayload, type Message } from '../message.js';
import type { NoticeBoard } from '../notice-board.js';
import type { Connection } from '../connection/open-connection.js';
import type { Outbox, OutboxEntry } from './outbox.js';
import { PublishError } from '../publish-error.js';
import { createSuspicion } from './suspicion.js';
import type { Timers } from '../../time/timers.js';

export interface DeliveryOptions {
  /** An event is late when it has waited longer than this as it leaves, or was there before the daemon, ms. */
  readonly lateAfterMs: number;
  /** Time between two late events, ms: what has piled up must not arrive as a flood. */
  readonly lateIntervalMs: number;
  /** A broker that takes longer over one message is taken for gone, ms. */
  readonly acknowledgeWithinMs: number;
}

export const defaultDelivery: DeliveryOptions = { lateAfterMs: 5000, lateIntervalMs: 100, acknowledgeWithinMs: 20_000 };

export interface Delivery {
  /**
   * Hands messages to the broker, one at a time, until the connection is gone: notices, then what has just been heard,
   * then what is late, in order and paced. Never rejects.
   */
  run(connection: Connection): Promise<void>;
  /** There is something new to deliver. */
  wake(): void;
  /** Resolves when nothing is left to deliver. */
  drained(): Promise<void>;
  /** From now on notices alone are delivered. */
  holdEvents(): void;
}

interface DeliveryParts {
  readonly board: NoticeBoard;
  readonly outbox: Outbox;
  readonly topicOf: (event: OutboxEntry['event'], isLate: boolean) => string;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly timers: Timers;
  readonly onRefused: (failure: PublishError) => void;
}

export function createDelivery(options: DeliveryOptions, parts: DeliveryParts): Delivery {
  const { board, outbox, topicOf, clock, timers, onRefused } = parts;
  const bell = createBell(timers);
  const suspicion = createSuspicion();
  let nextLateAt = Number.NEGATIVE_INFINITY;
  let isHolding = false;
  let onDrained: (() => void)[] = [];

  const sendNotice = async (connection: Connection, message: Message): Promise<void> => {
    const outcome = await attempt(connection, message, message.topic);
    if (outcome === 'poison') board.refused(message);
    // A refused notice is tried again with the next connection: by then the broker may allow it.
    if (outcome === 'delivered' || outcome === 'refused') board.sent(message);
  };

  const sendEvent = async (connection: Connection, { event, expiresInMs }: OutboxEntry, isLate: boolean): Promise<void> => {
    const message: Message = {
      topic: topicOf(event, isLate),
      payload: captionPayload(event, isLate),
      retain: false,
      expirySeconds: Math.max(1, Math.ceil(expiresInMs / 1000)),
    };
    // By topic: an event tried again may have become late, and a new one may be tried before it.
    const outcome = await attempt(connection, message, message.topic);
    if (outcome === 'lost') outbox.putBack();
    else outbox.settle(outcome === 'delivered' ? 'delivered' : 'refused');
    if (isLate) nextLateAt = clock.elapsed() + options.lateIntervalMs;
  };

  const attempt = async (connection: Connection, message: Message, key: string) => {
    const cancel = timers.after(options.acknowledgeWithinMs, () => connection.destroy(new Error('publish timeout')));
    try {
      await connection.publish(message);
      suspicion.delivered(key);
      return 'delivered';
    } catch (failure) {
      if (failure instanceof PublishError && failure.code === 'MESSAGE_REFUSED') {
        onRefused(failure);
        return 'refused';
      }
      if (!suspicion.lostWith(key)) return 'lost';
      onRefused(hangsUpOn(message, failure));
      return 'poison';
    } finally {
      cancel();
    }
  };

  return {
    async run(connection) {
      void connection.gone.then(() => bell.ring());
      while (connection.isOpen()) {
        const notice = board.next();
        if (notice !== undefined) {
          await sendNotice(connection, notice);
          continue;
        }
        const fresh = isHolding ? undefined : outbox.take(options.lateAfterMs);
        if (fresh !== undefined) {
          await sendEvent(connection, fresh, false);
          continue;
        }
        const pause = nextLateAt - clock.elapsed();
        const late = isHolding || pause > 0 ? undefined : outbox.take();
        if (late !== undefined) {
          await sendEvent(connection, late, true);
          continue;
        }
        const isWaiting = !isHolding && outbox.waiting() > 0;
        if (!isWaiting) {
          for (const resolve of onDrained) resolve();
          onDrained = [];
        }
        // A store that is not ready yet rings when it is.
        await bell.wait(isWaiting && pause > 0 ? pause : undefined);
      }
    },
    wake: () => bell.ring(),
    drained: () =>
      new Promise((resolve) => {
        onDrained.push(resolve);
        bell.ring();
      }),
    holdEvents() {
      isHolding = true;
      bell.ring();
    },
  };
}

function hangsUpOn({ topic }: Message, cause: unknown): PublishError {
  return new PublishError({
    code: 'MESSAGE_REFUSED',
    message: `The MQTT broker hangs up each time it is sent a certain message to ${topic}, which is given up`,
    remedy: 'See the log of the broker; its access control list or its limit for the size of messages may forbid it.',
    cause,
  });
}
