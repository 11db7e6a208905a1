import { connectAsync } from 'mqtt';
import type { ExecutionContext } from 'ava';
import { startEmbeddedBroker } from '../../daemon/publish/embedded-broker/start-embedded-broker.js';

export interface Heard {
  readonly topic: string;
  readonly payload: string;
}

/** A real broker, and a real subscriber on it that hears everything. */
export async function startListener(t: ExecutionContext) {
  const broker = await startEmbeddedBroker({ host: '127.0.0.1', port: 0 });
  const client = await connectAsync(broker.url, { protocolVersion: 4 });
  const messages: Heard[] = [];
  let arrived = (): void => undefined;
  client.on('message', (topic, payload) => {
    messages.push({ topic, payload: payload.toString() });
    arrived();
  });
  await client.subscribeAsync('#', { qos: 1 });
  t.teardown(async () => {
    await client.endAsync(true);
    await broker.close();
  });

  return {
    url: broker.url,
    messages,
    /** Resolves with the first message that the test is waiting for, past or to come. */
    async hear(isIt: (message: Heard) => boolean): Promise<Heard> {
      for (;;) {
        const found = messages.find(isIt);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => (arrived = resolve));
      }
    },
  };
}
