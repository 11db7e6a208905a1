import type { Message } from '../message.js';
import type { BrokerAddress } from './broker-address.js';
import type { TlsFiles } from './read-tls-files.js';

export type Protocol = 4 | 5;

export interface ConnectionSettings {
  readonly address: BrokerAddress;
  readonly username?: string | undefined;
  /** Asked for when it is needed, so that no object that might be printed holds it. */
  readonly password?: (() => string) | undefined;
  readonly tls: TlsFiles;
  readonly clientId: string;
  readonly keepaliveSeconds: number;
  readonly connectTimeoutMs: number;
  readonly will?: Message | undefined;
  readonly prepare?: (() => Promise<void>) | undefined;
}
