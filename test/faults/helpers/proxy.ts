import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';

/** A network between a client and a broker, which fails as networks do. */
export interface Proxy {
  readonly url: string;
  /** Ends all connections at once, as a router that starts again. */
  cut(): void;
  /** From now on nothing that is sent arrives, and nobody is told: neither over old connections nor over new ones. */
  freeze(): void;
  /** New connections work again; what was sent over frozen ones is lost. */
  thaw(): void;
  /** Each chunk takes so long, ms. */
  slowDown(ms: number): void;
}

/** A proxy from a port of loopback (0: any) to another; it goes with the test. */
export async function startProxy(t: ExecutionContext, to: number, from = 0): Promise<Proxy> {
  const pairs = new Set<readonly Socket[]>();
  let generation = 0;
  let isFrozen = false;
  let latencyMs = 0;

  const forward = (source: Socket, sink: Socket, born: number): void => {
    let last = Promise.resolve();
    source.on('data', (chunk) => {
      last = last.then(async () => {
        if (latencyMs > 0) await delay(latencyMs);
        if (!isFrozen && born === generation) sink.write(chunk);
      });
    });
  };
  const server = createServer((client) => {
    const broker = connect(to, '127.0.0.1');
    const pair = [client, broker];
    pairs.add(pair);
    const end = (): void => {
      // A half-open connection is one of whose end nobody hears.
      if (isFrozen) return;
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.setNoDelay(true).on('error', end).on('close', end);
    forward(client, broker, generation);
    forward(broker, client, generation);
  });
  server.listen(from, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear();
  };
  t.teardown(() => {
    cut();
    server.close();
  });

  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    freeze() {
      isFrozen = true;
      generation += 1;
    },
    thaw() {
      isFrozen = false;
    },
    slowDown(ms) {
      latencyMs = ms;
    },
  };
}
