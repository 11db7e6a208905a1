import type { Config } from '../config/schema.js';
import type { BrokerOptions } from '../publish/connection/broker-options.js';
import type { PublisherOptions } from '../publish/publisher.js';

/** The part of the configuration that says how to reach a broker; `url` stands in where none is configured. */
export function brokerOptions({ mqtt }: Pick<Config, 'mqtt'>, url: string, password: string | undefined): BrokerOptions {
  return {
    url: mqtt.url ?? url,
    username: mqtt.username,
    password,
    keepaliveSeconds: mqtt.keepalive_seconds,
    caFile: mqtt.ca_file,
    certFile: mqtt.cert_file,
    keyFile: mqtt.key_file,
    serverName: mqtt.server_name,
  };
}

/** The part of the configuration that says what is published and how. */
export function publisherOptions(config: Config, broker: BrokerOptions, sources: readonly string[], version: string): PublisherOptions {
  const { device, mqtt, home_assistant: homeAssistant } = config;
  return {
    ...broker,
    device,
    sources,
    version,
    baseTopic: mqtt.base_topic,
    clientId: mqtt.client_id,
    homeAssistant: homeAssistant.discovery ? { prefix: homeAssistant.prefix } : undefined,
  };
}
