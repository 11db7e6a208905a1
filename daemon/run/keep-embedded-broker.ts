import type { Log } from '../log/create-log.js';
import type { EmbeddedBroker } from '../publish/embedded-broker/start-embedded-broker.js';
import type { Timers } from '../publish/surroundings.js';
import { isAborted } from './is-aborted.js';
import { pause } from './pause.js';

export interface KeptBroker {
  /** Where it is, or will be. */
  readonly url: string;
  close(): Promise<void>;
}

const retryMs = 30_000;

/**
 * Starts the embedded broker; where it cannot listen, says so once and tries again now and then. Captions go to the
 * log meanwhile, and to what listens in its place if that is a broker.
 */
export async function keepEmbeddedBroker(at: { readonly host: string; readonly port: number }, log: Pick<Log, 'info' | 'warn'>, timers: Timers): Promise<KeptBroker> {
  const stopping = new AbortController();
  let broker: EmbeddedBroker | undefined;
  let isTold = false;
  // A daemon with a broker of its own need not carry this one.
  const { startEmbeddedBroker } = await import('../publish/embedded-broker/start-embedded-broker.js');

  const attempt = async (): Promise<void> => {
    try {
      broker = await startEmbeddedBroker(at);
      log.info({ broker: broker.url }, 'embedded MQTT broker listening');
    } catch (error) {
      if (!isTold) log.warn({ err: error }, 'no embedded MQTT broker, trying again now and then');
      isTold = true;
    }
  };
  const persist = async (): Promise<void> => {
    while (broker === undefined && !stopping.signal.aborted) {
      await pause(retryMs, timers, stopping.signal);
      if (!isAborted(stopping.signal)) await attempt();
    }
  };

  await attempt();
  const persisting = persist();
  return {
    url: `mqtt://${at.host.includes(':') ? `[${at.host}]` : at.host}:${at.port}`,
    async close() {
      stopping.abort();
      await persisting;
      await broker?.close();
    },
  };
}
