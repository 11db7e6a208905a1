import type { Log } from '../publish/surroundings.js';
import type { EmbeddedBroker } from '../publish/embedded-broker/start-embedded-broker.js';
import { PublishError } from '../publish/publish-error.js';

export interface KeptBroker {
  /** Where it is, or will be. */
  readonly url: string;
  /**
   * Makes it listen if it does not yet; to be called before each attempt to connect. Rejects with a `PublishError`
   * where it cannot: then somebody else may listen at `url`, who must not get to know what is heard here.
   */
  prepare(): Promise<void>;
  /** For good. Never rejects. */
  close(): Promise<void>;
}

/** An embedded broker that starts when it is needed, and as soon as it can. */
export function keepEmbeddedBroker({ host, port }: { readonly host: string; readonly port: number }, log: Pick<Log, 'info'>): KeptBroker {
  // A name may have two addresses of which the broker would have one and somebody else the other.
  const address = host.toLowerCase() === 'localhost' ? '127.0.0.1' : host;
  let broker: EmbeddedBroker | undefined;
  let starting: Promise<void> | undefined;
  let isClosed = false;

  const start = async (): Promise<void> => {
    // A daemon with a broker of its own need not carry this one.
    const { startEmbeddedBroker } = await import('../publish/embedded-broker/start-embedded-broker.js');
    broker = await startEmbeddedBroker({ host: address, port });
    log.info({ broker: broker.url }, 'embedded MQTT broker listening');
  };

  return {
    url: `mqtt://${address.includes(':') ? `[${address}]` : address}:${port}`,
    async prepare() {
      if (isClosed) throw closed();
      if (broker !== undefined) return;
      starting ??= start().finally(() => (starting = undefined));
      await starting;
    },
    async close() {
      isClosed = true;
      await starting?.catch(() => undefined);
      await broker?.close();
    },
  };
}

function closed(): PublishError {
  return new PublishError({ code: 'EMBEDDED_BROKER_FAILED', message: 'The embedded MQTT broker has been closed', remedy: 'Start Earshot again.' });
}
