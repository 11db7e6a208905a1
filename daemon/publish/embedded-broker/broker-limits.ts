import type { AedesOptions, AedesPublishPacket, Client } from 'aedes';

export interface BrokerLimits {
  readonly clients: number;
  readonly packetBytes: number;
  readonly retainedTopics: number;
  /** Different ones in the life of a connection. */
  readonly subscriptionsPerClient: number;
}

/** The settings and hooks that keep everything a client can make the broker remember within bounds. */
export function brokerLimits({ retainedTopics, subscriptionsPerClient }: BrokerLimits): AedesOptions {
  const retained = new Set<string>();
  const subscribed = new WeakMap<Client, Set<string>>();

  return {
    connectTimeout: 10_000,
    drainTimeout: 10_000,
    maxInflightInbound: 20,
    maxTopicLevels: 20,
    preConnect(_client, packet, done) {
      // A session outlives its client, and its queue grows while the client is away: here sessions end with it,
      // of which the client is told [MQTT-3.2.2-2].
      packet.clean = true;
      done(null, true);
    },
    authorizePublish(_client, packet, done) {
      if (packet.topic.startsWith('$')) return done(new Error("topics that begin with $ are the broker's own"));
      if (packet.retain && packet.payload.length === 0) retained.delete(packet.topic);
      else if (packet.retain && retained.size >= retainedTopics && !retained.has(packet.topic)) {
        return done(new Error('too many retained topics'));
      } else if (packet.retain) retained.add(packet.topic);
      done(null);
    },
    authorizeSubscribe(client, subscription, done) {
      const topics = subscribed.get(client) ?? new Set();
      subscribed.set(client, topics);
      const isTooMany = topics.size >= subscriptionsPerClient && !topics.has(subscription.topic);
      if (!isTooMany) topics.add(subscription.topic);
      // Null is answered with a failure code in the SUBACK [MQTT-3.9.3-2].
      done(null, isTooMany ? null : subscription);
    },
    authorizeForward: (_client, packet): AedesPublishPacket => packet,
  };
}
