import { randomUUID } from 'node:crypto';
import { connectionSettings, type BrokerOptions } from './broker-options.js';
import { negotiateVersion } from './negotiate-version.js';
import type { Protocol } from './connection-settings.js';

/**
 * Connects once and takes leave, under a name of its own so that a running daemon is not pushed off the broker.
 * Resolves with the version of MQTT spoken; rejects with a `PublishError`.
 */
export async function probeBroker(options: BrokerOptions): Promise<{ protocol: Protocol }> {
  const settings = connectionSettings(options, `earshot-check-${randomUUID().slice(0, 8)}`);
  const connection = await negotiateVersion(settings, new AbortController().signal);
  connection.end();
  await connection.gone;
  return { protocol: connection.protocol };
}
