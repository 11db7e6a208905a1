import type { IClientOptions, IClientPublishOptions } from 'mqtt';
import { createForgetfulStore } from './forgetful-store.js';
import type { Message } from '../message.js';
import type { ConnectionSettings, Protocol } from './connection-settings.js';
import type { TlsMaterial } from './read-tls-files.js';

/** In bytes. Nothing that is subscribed to is longer than a word. */
export const longestIncomingPacket = 65_536;

/** One attempt's settings as mqtt.js wants them. */
export function clientOptions(settings: ConnectionSettings, protocol: Protocol, tls: TlsMaterial): IClientOptions {
  const { address, username, password, clientId, keepaliveSeconds, connectTimeoutMs, will } = settings;
  return {
    protocol: address.scheme,
    // mqtt.js puts a WebSocket's URL together from text.
    host: address.scheme.startsWith('ws') && address.host.includes(':') ? `[${address.host}]` : address.host,
    port: address.port,
    path: address.path,
    protocolVersion: protocol,
    clientId,
    clean: true,
    keepalive: keepaliveSeconds,
    connectTimeout: connectTimeoutMs,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    incomingStore: createForgetfulStore(),
    outgoingStore: createForgetfulStore(),
    rejectUnauthorized: true,
    // DEBUG=mqtt* turns on logs that hold whole packets and every string that is written: the first is turned off here,
    // the second does not hold bytes.
    log: () => undefined,
    ...tls,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: Buffer.from(password()) }),
    ...(will === undefined ? {} : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: will.retain } }),
    ...(protocol === 5 ? { properties: { maximumPacketSize: longestIncomingPacket, sessionExpiryInterval: 0 } } : {}),
  };
}

/** mqtt.js leaves the properties out where the broker speaks MQTT 3.1.1. */
export function publishOptions({ retain, expirySeconds }: Message): IClientPublishOptions {
  return {
    qos: 1,
    retain,
    properties: {
      payloadFormatIndicator: true,
      ...(expirySeconds === undefined ? {} : { messageExpiryInterval: expirySeconds }),
    },
  };
}
