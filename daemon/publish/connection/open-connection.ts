import { Socket } from 'node:net';
import { connect, type MqttClient } from 'mqtt';
import type { Message } from '../message.js';
import type { PublishError } from '../publish-error.js';
import { clientOptions, longestIncomingPacket, publishOptions } from './client-options.js';
import type { ConnectionSettings, Protocol } from './connection-settings.js';
import type { FailureScene } from './failure-scene.js';
import { nameFailure } from './name-failure.js';
import { nameRefusal } from './name-refusal.js';
import { createPacketGuard } from './packet-guard.js';
import { readTlsFiles } from './read-tls-files.js';

/** One connection with a broker, from its CONNACK to its end; never used again. */
export interface Connection {
  readonly protocol: Protocol;
  /** Resolves when the connection is gone, with why; never rejects. */
  readonly gone: Promise<PublishError>;
  isOpen(): boolean;
  /** Resolves when the broker has taken it over; rejects with a `PublishError`, `MESSAGE_REFUSED` if it will not. */
  publish(message: Message): Promise<void>;
  /** Rejects with a `PublishError`. */
  subscribe(topic: string, onMessage: (payload: string, isRetained: boolean) => void): Promise<void>;
  /** Takes leave of the broker, which then forgets the will. */
  end(): void;
  /** Hangs up, as after `error` if one is given; the broker then publishes the will. */
  destroy(error?: Error): void;
}

/**
 * Makes one attempt with one version of MQTT. mqtt.js is given no chance to queue, resend or reconnect: what it does
 * then is unbounded in memory, in time or in number. Rejects with a `PublishError`.
 */
export async function openConnection(settings: ConnectionSettings, protocol: Protocol, signal: AbortSignal): Promise<Connection> {
  const { address, username } = settings;
  let wasOpen = false;
  let isOpen = false;
  let isDestroyed = false;
  let failure: unknown;
  // What waits for an answer, which mqtt.js leaves waiting when the connection is lost.
  const waiting = new Set<(error: PublishError) => void>();
  const scene = (): FailureScene => ({
    label: address.label,
    isEncrypted: address.scheme === 'mqtts' || address.scheme === 'wss',
    username,
    wasOpen,
  });

  await settings.prepare?.();
  const tls = await readTlsFiles(settings.tls);
  let client: MqttClient;
  try {
    client = connect(clientOptions(settings, protocol, tls));
  } catch (thrown) {
    throw nameFailure(thrown, scene());
  }

  const destroy = (error?: unknown): void => {
    // The first error is the reason; what follows are its consequences.
    failure ??= error;
    isDestroyed = true;
    isOpen = false;
    client.end(true);
  };
  const answer = (start: (done: (error: PublishError | undefined) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.add(reject);
      start((error) => {
        waiting.delete(reject);
        if (error === undefined) resolve();
        else reject(error);
      });
    });

  const gone = new Promise<PublishError>((resolve) => {
    client.on('error', destroy);
    // [MQTT-3.14.4-3]: the broker says why it is about to hang up.
    client.on('disconnect', ({ reasonCode }) => destroy(Object.assign(new Error('DISCONNECT'), { code: reasonCode })));
    client.on('close', () => {
      isOpen = false;
      const reason = nameFailure(failure, scene());
      for (const reject of waiting) reject(reason);
      waiting.clear();
      resolve(reason);
    });
  });
  // One message at a time in small packets: with Nagle's algorithm each would wait for the acknowledgement of the last.
  if (client.stream instanceof Socket) client.stream.setNoDelay(true);
  const objection = createPacketGuard({ longest: longestIncomingPacket, mostQos: 1 });
  client.stream.on('data', (chunk: Uint8Array) => {
    const problem = objection(chunk);
    if (problem !== undefined) destroy(new Error(`the broker ${problem}`));
  });

  const onAbort = (): void => destroy();
  if (signal.aborted) destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await answer((done) =>
      // Once: a second CONNACK is a fault of the broker [MQTT-3.2.0-2].
      client.once('connect', () => {
        // What came together with the CONNACK may have ended the connection before mqtt.js has told of it.
        if (isDestroyed) return;
        wasOpen = true;
        isOpen = true;
        done(undefined);
      }),
    );
  } finally {
    signal.removeEventListener('abort', onAbort);
  }

  return {
    protocol,
    gone,
    isOpen: () => isOpen,
    publish: (message) =>
      answer((done) => {
        // Against its types, mqtt.js calls back with null.
        client.publish(message.topic, message.payload, publishOptions(message), (error) =>
          done(error ? nameRefusal(error, message, scene()) : undefined),
        );
      }),
    subscribe: (topic, onMessage) =>
      answer((done) => {
        client.on('message', (from, payload, { retain }) => {
          if (from === topic) onMessage(payload.toString(), retain);
        });
        client.subscribe(topic, { qos: 1 }, (error) => done(error ? nameFailure(error, scene()) : undefined));
      }),
    end() {
      isOpen = false;
      client.end();
    },
    destroy,
  };
}
