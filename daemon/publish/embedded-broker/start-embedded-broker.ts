import { createServer, type AddressInfo, type Server } from 'node:net';
import { Aedes } from 'aedes';
import { createPacketGuard } from '../connection/packet-guard.js';
import { brokerLimits, type BrokerLimits } from './broker-limits.js';
import { isLoopback } from './is-loopback.js';
import { nameListenFailure, notLoopback } from './name-listen-failure.js';

export interface EmbeddedBrokerOptions {
  /** Loopback only: this broker asks nobody for a password. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly limits?: Partial<BrokerLimits> | undefined;
}

export interface EmbeddedBroker {
  readonly host: string;
  readonly port: number;
  /** `mqtt://host:port` */
  readonly url: string;
  /** Hangs up on all clients. Never rejects. */
  close(): Promise<void>;
}

const defaultLimits: BrokerLimits = {
  clients: 32,
  packetBytes: 65_536,
  retainedTopics: 500,
  subscriptionsPerClient: 1000,
};

/**
 * A broker for this machine alone, for when no other is configured. MQTT 3.1.1. It keeps sessions, queues and retained
 * messages in memory and bounds each of them. Rejects with a `PublishError` when it cannot listen.
 */
export async function startEmbeddedBroker({ host, port, limits }: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  if (!isLoopback(host)) throw notLoopback(host);
  const bounds = { ...defaultLimits, ...limits };
  const broker = await Aedes.createBroker(brokerLimits(bounds));

  const server = createServer({ noDelay: true }, (socket) => {
    const client = broker.handle(socket);
    const objection = createPacketGuard({ longest: bounds.packetBytes, mostQos: 2 });
    // Sees each chunk just before the broker does.
    socket.on('data', (chunk) => {
      if (objection(chunk) === undefined) return;
      client.close();
      socket.destroy();
    });
  });
  server.maxConnections = bounds.clients;
  const closeBroker = (): Promise<void> => new Promise((resolve) => broker.close(resolve));

  try {
    await listen(server, host, port);
  } catch (cause) {
    await closeBroker();
    throw nameListenFailure(cause, host, port);
  }
  const bound = server.address() as AddressInfo;
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;

  return {
    host: bound.address,
    port: bound.port,
    url: `mqtt://${name}:${bound.port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await closeBroker();
      await closed;
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      // Accepting may fail later, out of file descriptors; those who are connected stay so.
      server.on('error', () => undefined);
      resolve();
    });
  });
}
