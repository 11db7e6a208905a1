import type { ExecutionContext } from 'ava';
import { connectAsync, type IClientOptions, type IPublishPacket } from 'mqtt';
import { until } from './until.js';

export interface Received {
  readonly topic: string;
  readonly payload: string;
  readonly isRetained: boolean;
  readonly qos: number;
  readonly properties: IPublishPacket['properties'];
}

/** A real subscriber to everything, which comes back after the broker does. It goes with the test. */
export async function subscribe(t: ExecutionContext, url: string, options: IClientOptions = {}) {
  const received: Received[] = [];
  let subscriptions = 0;
  const client = await connectAsync(url, { reconnectPeriod: 20, resubscribe: false, ...options });
  t.teardown(() => client.endAsync(true));
  client.on('message', (topic, payload, packet) => {
    received.push({ topic, payload: payload.toString(), isRetained: packet.retain, qos: packet.qos, properties: packet.properties });
  });
  const listen = async (): Promise<void> => {
    await client.subscribeAsync('#', { qos: 1 });
    subscriptions += 1;
  };
  client.on('connect', () => void listen().catch(() => undefined));
  await listen();

  const on = (topic: string): Received[] => received.filter((message) => message.topic === topic);
  return {
    client,
    received,
    on,
    /** How often it has subscribed so far. */
    subscriptions: () => subscriptions,
    /** The first so many messages on a topic. */
    async waitFor(topic: string, count = 1): Promise<Received[]> {
      await until(() => on(topic).length >= count);
      return on(topic).slice(0, count);
    },
    async waitForPayload(topic: string, payload: string): Promise<void> {
      await until(() => on(topic).at(-1)?.payload === payload);
    },
    captions: (topic: string): CaptionMessage[] => on(topic).map(({ payload }) => JSON.parse(payload) as CaptionMessage),
  };
}

export interface CaptionMessage {
  readonly event_type: string;
  readonly id: string;
  readonly caption: string;
  readonly late?: true;
}
