import type { Clock } from '../../time/clock.js';
import { backOffDelay, type BackOffOptions } from '../../time/back-off.js';
import { createBell } from '../../time/bell.js';
import type { Connection } from './open-connection.js';
import { PublishError } from '../publish-error.js';
import type { Surroundings } from '../surroundings.js';

// A connection that breaks sooner says nothing about the next one.
const steadyAfterMs = 10_000;

export interface KeepConnectedOptions {
  /** Address for logs. */
  readonly label: string;
  readonly backOff: BackOffOptions;
  /** One attempt; rejects with a `PublishError`. */
  readonly open: (signal: AbortSignal) => Promise<Connection>;
  /** Uses the connection until it is gone. */
  readonly use: (connection: Connection) => Promise<void>;
}

export interface Connecting {
  connection(): Connection | undefined;
  /** Why there is no connection; undefined while there is one, and before the first attempt has failed. */
  problem(): PublishError | undefined;
  /** Takes leave of the broker, for good; resolves when the connection is gone. */
  leave(): Promise<void>;
  /** Gives up connecting and hangs up; resolves when both is done. */
  stop(): Promise<void>;
}

/** Connects, and again whenever the connection is lost or cannot be made, until it is stopped. Says each change once. */
export function keepConnected(options: KeepConnectedOptions, { clock, timers, random, log }: Surroundings): Connecting {
  const { label, backOff, open, use } = options;
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const bell = createBell(timers);
  const said = new Set<string>();
  let connection: Connection | undefined;
  let problem: PublishError | undefined;
  let failures = 0;

  const say = (failure: PublishError, consequence: string): void => {
    problem = failure;
    if (said.has(failure.code)) return;
    said.add(failure.code);
    log.warn({ broker: label, code: failure.code, remedy: failure.remedy }, `${failure.message}; ${consequence}`);
  };

  const hold = async (): Promise<void> => {
    const opened = await open(stopping.signal);
    if (isStopping()) opened.destroy();
    const openedAt = clock.elapsed();
    connection = opened;
    problem = undefined;
    said.clear();
    log.info({ broker: label, mqtt: opened.protocol === 5 ? '5' : '3.1.1' }, `Connected to the MQTT broker at ${label}`);
    await use(opened);
    const reason = await opened.gone;
    connection = undefined;
    if (isSteady(clock, openedAt)) failures = 0;
    failures += 1;
    if (!isStopping()) say(reason, 'connecting again');
  };

  const run = async (): Promise<void> => {
    while (!isStopping()) {
      try {
        await hold();
      } catch (thrown) {
        if (isStopping()) break;
        failures += 1;
        say(asPublishError(thrown, label), 'trying again until it works');
      }
      if (!isStopping()) await bell.wait(backOffDelay(failures, backOff, random));
    }
  };
  const running = run();
  const end = async (hangUp: () => void): Promise<void> => {
    stopping.abort();
    hangUp();
    bell.ring();
    await running;
  };

  return {
    connection: () => connection,
    problem: () => problem,
    // From here on the end of the connection is no loss, to be told and mended, but what was asked for.
    leave: () => end(() => connection?.end()),
    stop: () => end(() => connection?.destroy()),
  };
}

function isSteady(clock: Pick<Clock, 'elapsed'>, openedAt: number): boolean {
  return clock.elapsed() - openedAt >= steadyAfterMs;
}

/** A fault of our own must not end the attempts. */
function asPublishError(thrown: unknown, label: string): PublishError {
  if (thrown instanceof PublishError) return thrown;
  return new PublishError({
    code: 'BROKER_FAILED',
    message: `The connection to the MQTT broker at ${label} failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    remedy: 'Check mqtt.url and the log of the broker.',
    cause: thrown,
  });
}
