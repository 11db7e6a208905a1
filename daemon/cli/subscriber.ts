import { randomUUID } from 'node:crypto';
import { connect } from 'mqtt';
import { connectionSettings, type BrokerOptions } from '../publish/connection/broker-options.js';
import { clientOptions } from '../publish/connection/client-options.js';
import { readTlsFiles } from '../publish/connection/read-tls-files.js';

export interface Subscriber {
  close(): Promise<void>;
}

/** A client like any other on the broker, for showing what arrives there. It connects again by itself. Rejects with a `PublishError`. */
export async function subscribe(broker: BrokerOptions, filter: string, onMessage: (topic: string, payload: string) => void): Promise<Subscriber> {
  const settings = connectionSettings(broker, `earshot-start-${randomUUID().slice(0, 8)}`);
  const client = connect({ ...clientOptions(settings, 4, await readTlsFiles(settings.tls)), reconnectPeriod: 2000 });
  client.on('connect', () => client.subscribe(filter, { qos: 1 }));
  client.on('message', (topic, payload) => onMessage(topic, payload.toString()));
  // The publisher says what is wrong with the broker.
  client.on('error', () => undefined);
  return { close: () => client.endAsync(true).then(() => undefined) };
}
