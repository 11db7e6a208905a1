import { pino, type LogFn, type Logger } from 'pino';
import { systemClock } from '../time/clock.js';
import { systemTimers } from '../time/timers.js';
import { boundRate, type RateOptions } from './bound-rate.js';
import { errorFields } from './error-fields.js';
import { hideSecrets } from './hide-secrets.js';
import type { LineStream } from './levelled-stream.js';

export type Log = Logger;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface LogOptions {
  readonly level: LogLevel;
  readonly destination: LineStream;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Time in which too many lines are too many. */
  readonly time?: RateOptions;
}

/** Names under which a secret could come by; their values never reach a line. */
const secrets = ['password', 'passphrase', 'token', 'secret'];

/**
 * A log of JSON lines: `level` (a word), `time` (ISO 8601), `msg`, then what the message is about; a failure is
 * `err: {code, message, remedy}`. `msg` begins small, whoever wrote it. Process id and host are left to whoever collects
 * the lines. Secrets are hidden, and no message is written more than ten times a minute; `flush` writes what that holds back.
 */
export function createLog({ level, destination, now = Date.now, time = { clock: systemClock, timers: systemTimers } }: LogOptions): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '(hidden)' },
      hooks: { streamWrite: hideSecrets, logMethod: beginSmall },
    },
    boundRate(destination, time),
  );
}

/** Messages of errors are sentences, and some are logged as they are: `The MQTT broker ...`; names keep their capitals. */
function beginSmall(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const words = args.map((part: unknown, place) => (place < 2 && typeof part === 'string' ? part.replace(/^[A-Z](?=[a-z]* )/, (letter) => letter.toLowerCase()) : part));
  method.apply(this, words as Parameters<LogFn>);
}
