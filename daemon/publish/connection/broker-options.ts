import { parseBrokerUrl, type BrokerAddress } from './broker-address.js';
import type { ConnectionSettings } from './connection-settings.js';
import type { TlsFiles } from './read-tls-files.js';

/** How to reach a broker. */
export interface BrokerOptions extends TlsFiles {
  /** mqtt://, mqtts://, ws:// or wss://, without user and password. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly keepaliveSeconds?: number | undefined;
  /** For a connection to be accepted, ms. */
  readonly connectTimeoutMs?: number | undefined;
  /** Awaited before each attempt, which fails with what this rejects with: a `PublishError`. */
  readonly prepare?: (() => Promise<void>) | undefined;
}

/** Throws a `PublishError` when the address is none. */
export function connectionSettings(options: BrokerOptions, clientId: string): ConnectionSettings & { address: BrokerAddress } {
  const { url, username, password, keepaliveSeconds = 30, connectTimeoutMs = 10_000, caFile, certFile, keyFile, serverName, prepare } = options;
  return {
    address: parseBrokerUrl(url),
    username,
    password: password === undefined ? undefined : () => password,
    tls: { caFile, certFile, keyFile, serverName },
    clientId,
    keepaliveSeconds,
    connectTimeoutMs,
    prepare,
  };
}
