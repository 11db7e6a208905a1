import { execFile, type ExecFileException } from 'node:child_process';
import { promisify } from 'node:util';
import notifyByPackage from 'systemd-notify';
import { systemTimers } from '../time/timers.js';
import { within } from '../time/within.js';
import { notifyFailed, type ServiceError } from './service-error.js';

/** Tells the service manager how the daemon fares, sd_notify(3). Soft: no call ever fails or waits for long. */
export interface Notifier {
  /** Start-up is complete; `status` is one line for a person. */
  ready(status: string): Promise<void>;
  status(text: string): Promise<void>;
  /** Work has moved on since the last time: feeds the watchdog, or asks for more time while start-up is not complete. */
  alive(): Promise<void>;
  stopping(): Promise<void>;
}

export interface NotifierOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** Told once. */
  readonly onProblem: (problem: ServiceError) => void;
  readonly timeoutMs?: number;
  /** How much longer start-up may take whenever `alive` is said before it is complete, ms. */
  readonly extendMs?: number;
}

const run = promisify(execFile);

const silent: Notifier = {
  ready: () => Promise.resolve(),
  status: () => Promise.resolve(),
  alive: () => Promise.resolve(),
  stopping: () => Promise.resolve(),
};

/** A notifier that does nothing where no service manager listens. */
export function createNotifier({ environment = process.env, onProblem, timeoutMs = 2000, extendMs = 90_000 }: NotifierOptions): Notifier {
  if ((environment['NOTIFY_SOCKET'] ?? '') === '') return silent;
  let isReady = false;
  let isTold = false;
  let last: Promise<void> = Promise.resolve();
  let waitingStatus: string | undefined;

  const fail = (): never => {
    throw new Error(`systemd-notify did not end within ${timeoutMs} ms`);
  };
  /** One at a time, so that what is said first arrives first. */
  const enqueue = (send: () => Promise<unknown>): Promise<void> =>
    (last = last.then(() => within(systemTimers, timeoutMs, send(), fail)).then(
      () => undefined,
      (thrown: unknown) => {
        if (!isTold) onProblem(notifyFailed(thrown));
        isTold = true;
      },
    ));

  // The package knows READY and STATUS alone; the program behind it knows the rest.
  const send = (assignment: string): Promise<unknown> =>
    run('systemd-notify', [assignment], { timeout: timeoutMs, killSignal: 'SIGKILL' }).catch((error: ExecFileException) => {
      if (error.killed === true) fail();
      const said = error.stderr?.trim() ?? '';
      throw said === '' ? error : new Error(said, { cause: error });
    });

  return {
    ready(status) {
      isReady = true;
      return enqueue(() => notifyByPackage({ ready: true, status: oneLine(status) }));
    },
    status(text) {
      const isQueued = waitingStatus !== undefined;
      // A status that has not been sent yet is out of date: the newer takes its place in the queue.
      waitingStatus = oneLine(text);
      if (isQueued) return last;
      return enqueue(() => {
        const status = waitingStatus ?? '';
        waitingStatus = undefined;
        return notifyByPackage({ status });
      });
    },
    alive() {
      const sign = isReady ? 'WATCHDOG=1' : `EXTEND_TIMEOUT_USEC=${extendMs * 1000}`;
      return enqueue(() => send(sign));
    },
    stopping: () => enqueue(() => send('STOPPING=1')),
  };
}

/** A line break would begin another assignment. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
