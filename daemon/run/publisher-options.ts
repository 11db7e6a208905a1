import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import type { BrokerOptions } from '../publish/connection/broker-options.js';
import { createMemoryOutbox } from '../publish/delivery/memory-outbox.js';
import type { PublisherOptions } from '../publish/publisher.js';
import { createDurableOutbox } from '../publish/store/durable-outbox.js';
import { journalFolder } from '../publish/store/journal-folder.js';

/** The part of the configuration that says how to reach a broker; `embedded` stands in where none is configured. */
export function brokerOptions({ mqtt }: Pick<Config, 'mqtt'>, embedded: Pick<BrokerOptions, 'url' | 'prepare'> | undefined, password: string | undefined): BrokerOptions {
  return {
    url: mqtt.url ?? embedded?.url ?? '',
    prepare: mqtt.url === undefined ? embedded?.prepare : undefined,
    username: mqtt.username,
    password,
    keepaliveSeconds: mqtt.keepalive_seconds,
    caFile: mqtt.ca_file,
    certFile: mqtt.cert_file,
    keyFile: mqtt.key_file,
    serverName: mqtt.server_name,
  };
}

/** The part of the configuration that says what is published and how. Without `stateFolder` nothing is kept on disk. */
export function publisherOptions(
  config: Config,
  broker: BrokerOptions,
  sources: readonly string[],
  version: string,
  stateFolder?: string,
): PublisherOptions {
  const { device, mqtt, home_assistant: homeAssistant } = config;
  return {
    ...broker,
    device,
    sources,
    version,
    baseTopic: mqtt.base_topic,
    clientId: mqtt.client_id,
    homeAssistant: homeAssistant.discovery ? { prefix: homeAssistant.prefix } : undefined,
    outbox: outboxFor(config, stateFolder),
  };
}

function outboxFor({ outbox }: Config, stateFolder: string | undefined): PublisherOptions['outbox'] {
  const bounds = { capacity: outbox.limit, expireAfterMs: outbox.keep_seconds * 1000 };
  const folder = outbox.folder ?? (stateFolder === undefined ? undefined : join(stateFolder, 'outbox'));
  if (!outbox.on_disk || folder === undefined) return ({ clock, onDrop }) => createMemoryOutbox(bounds, clock, onDrop);
  return (parts) => createDurableOutbox(bounds, journalFolder(folder), parts);
}
