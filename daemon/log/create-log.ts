import { pino, type DestinationStream, type Logger } from 'pino';
import { errorFields } from './error-fields.js';

export type Log = Logger;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface LogOptions {
  readonly level: LogLevel;
  readonly destination: DestinationStream;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Names under which a secret could come by; their values never reach a line. */
const secrets = ['password', 'passphrase', 'token', 'secret'];

/**
 * A log of JSON lines: `level` (a word), `time` (ISO 8601), `msg`, then what the message is about; a failure is
 * `err: {code, message, remedy}`. Process id and host are left to whoever collects the lines.
 */
export function createLog({ level, destination, now = Date.now }: LogOptions): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '(hidden)' },
    },
    destination,
  );
}
