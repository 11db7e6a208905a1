import type { CaptionEvent } from '../event/caption-event.js';
import { buildHealth, type Counters } from '../event/health.js';
import type { SourceState } from '../event/source-state.js';
import { atMostEvery } from '../time/at-most-every.js';
import { defaultBackOff, type BackOffOptions } from '../time/back-off.js';
import { connectionSettings, type BrokerOptions } from './connection/broker-options.js';
import { closeInOrder } from './close-in-order.js';
import { createListeners } from './create-listeners.js';
import { createDelivery, defaultDelivery, type Delivery, type DeliveryOptions } from './delivery/delivery.js';
import { createDropReport } from './drop-report.js';
import { discoveryMessage } from './home-assistant/discovery.js';
import { keepConnected } from './connection/keep-connected.js';
import { createMemoryOutbox, defaultOutbox } from './delivery/memory-outbox.js';
import { negotiateVersion } from './connection/negotiate-version.js';
import { createNoticeBoard } from './notice-board.js';
import type { Connection } from './connection/open-connection.js';
import type { Outbox, OutboxParts } from './delivery/outbox.js';
import type { PublishError } from './publish-error.js';
import type { Surroundings } from './surroundings.js';
import { topicPart } from './topic-part.js';
import { createTopics } from './topics.js';

/** Where events leave. No method throws or blocks; without a broker, events wait in a bounded outbox. */
export interface Publisher {
  caption(event: CaptionEvent): void;
  /** Said again only when it changes, or to a broker that has not heard it. */
  sourceState(source: string, state: SourceState): void;
  /** As often as one likes; what is too frequent is not passed on. */
  health(counters: Counters): void;
  isConnected(): boolean;
  /** Why there is no connection, once an attempt has failed. */
  problem(): PublishError | undefined;
  /** Delivers what can still be delivered, says `offline`, hangs up: all within a few seconds. Never rejects. */
  close(): Promise<void>;
}

export interface PublisherOptions extends BrokerOptions {
  readonly device: { readonly id: string; readonly name: string };
  readonly sources: readonly string[];
  /** Of Earshot. */
  readonly version: string;
  readonly baseTopic?: string | undefined;
  readonly clientId?: string | undefined;
  /** Undefined: no discovery. */
  readonly homeAssistant?: { readonly prefix: string } | undefined;
  /** Called when a source is to listen, or not to. Undefined: nobody is obeyed. */
  readonly onSwitch?: ((source: string, isOn: boolean) => void) | undefined;
  readonly healthIntervalMs?: number | undefined;
  /** Each step of closing may take so long, ms: delivering, saying `offline`, taking leave. */
  readonly closeWithinMs?: number | undefined;
  readonly backOff?: BackOffOptions | undefined;
  readonly delivery?: DeliveryOptions | undefined;
  /** A store for waiting events; in memory unless given. */
  readonly outbox?: ((parts: OutboxParts) => Outbox) | undefined;
}

/** Begins to connect and returns at once; a broker may come later. Throws a `PublishError` for an address that is none. */
export function connectPublisher(options: PublisherOptions, surroundings: Surroundings): Publisher {
  const { device, sources, version, homeAssistant, onSwitch, healthIntervalMs = 30_000, closeWithinMs = 2500 } = options;
  const { clock, timers, log } = surroundings;
  const started = clock.now();
  const topics = createTopics(options.baseTopic ?? 'earshot', device.id);
  const status = (payload: string) => ({ topic: topics.status, payload, retain: true });
  // The same id after a crash: the broker then drops the dead connection, and its will cannot come after our `online`.
  const clientId = options.clientId ?? `earshot-${topicPart(device.id)}`;
  const settings = { ...connectionSettings(options, clientId), will: status('offline') };

  const board = createNoticeBoard(clock);
  const drops = createDropReport(log);
  const outbox =
    options.outbox?.({ ...surroundings, onDrop: drops.dropped, onReady: () => delivery.wake() }) ??
    createMemoryOutbox(defaultOutbox, clock, drops.dropped);
  const delivery: Delivery = createDelivery(options.delivery ?? defaultDelivery, {
    board,
    outbox,
    topicOf: ({ source }, isLate) => (isLate ? topics.lateCaption(source) : topics.caption(source)),
    clock,
    timers,
    onRefused: drops.refused,
  });
  const put = (topic: string, payload: string): void => {
    board.put({ topic, payload, retain: true });
    delivery.wake();
  };
  const repeat = (): void => {
    board.repeat();
    delivery.wake();
  };
  const listeners = createListeners({ sources, topics, homeAssistant, onSwitch, repeat }, surroundings);

  // First on the board, first to be said: whether the device is there, and what it is.
  board.put(status('online'));
  if (homeAssistant !== undefined) board.put(discoveryMessage({ prefix: homeAssistant.prefix, device, sources, isSwitchable: onSwitch !== undefined, version, topics }));

  const use = async (connection: Connection): Promise<void> => {
    drops.connected(outbox.waiting());
    board.repeat();
    for (const listener of listeners) {
      connection.subscribe(listener.topic, listener.heard).catch((failure: unknown) => {
        // What is lost with a connection comes back with the next.
        if (connection.isOpen()) drops.unheard(listener, failure);
      });
    }
    await delivery.run(connection);
  };
  const connecting = keepConnected(
    {
      label: settings.address.label,
      backOff: options.backOff ?? defaultBackOff,
      open: (signal) => negotiateVersion(settings, signal),
      use,
    },
    surroundings,
  );
  const health = atMostEvery<Counters>(
    healthIntervalMs,
    (counters) => {
      const events = { dropped: outbox.dropped(), waiting: outbox.waiting(), outbox: outbox.state() };
      put(topics.health, JSON.stringify(buildHealth(counters, events, started, clock.now())));
    },
    clock,
    timers,
  );

  let closing: Promise<void> | undefined;
  return {
    caption(event) {
      if (closing !== undefined) return;
      outbox.add(event);
      delivery.wake();
    },
    sourceState(source, state) {
      if (closing === undefined) put(topics.state(source), JSON.stringify(state));
    },
    health(counters) {
      if (closing === undefined) health.offer(counters);
    },
    isConnected: () => connecting.connection()?.isOpen() ?? false,
    problem: () => connecting.problem(),
    close() {
      closing ??= closeInOrder({
        prepare() {
          for (const { stop } of listeners) stop();
          health.flush();
        },
        sayOffline: () => put(topics.status, 'offline'),
        delivery,
        connecting,
        outbox,
        withinMs: closeWithinMs,
        timers,
        log,
      });
      return closing;
    },
  };
}
