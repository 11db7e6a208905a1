import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import notifyByPackage from 'systemd-notify';
import { notifyFailed, type ServiceError } from './service-error.js';

/** Tells the service manager how the daemon fares, sd_notify(3). Soft: no call ever fails or waits for long. */
export interface Notifier {
  /** Start-up is complete; `status` is one line for a person. */
  ready(status: string): Promise<void>;
  status(text: string): Promise<void>;
  /** Sound and inference have moved on since the last time. */
  alive(): Promise<void>;
  stopping(): Promise<void>;
}

export interface NotifierOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** Told once. */
  readonly onProblem: (problem: ServiceError) => void;
  readonly timeoutMs?: number;
}

const run = promisify(execFile);

const silent: Notifier = {
  ready: () => Promise.resolve(),
  status: () => Promise.resolve(),
  alive: () => Promise.resolve(),
  stopping: () => Promise.resolve(),
};

/** A notifier that does nothing where no service manager listens. */
export function createNotifier({ environment = process.env, onProblem, timeoutMs = 2000 }: NotifierOptions): Notifier {
  if ((environment['NOTIFY_SOCKET'] ?? '') === '') return silent;
  let isTold = false;
  let last: Promise<void> = Promise.resolve();
  let waitingStatus: string | undefined;

  /** One at a time, so that what is said first arrives first. */
  const enqueue = (send: () => Promise<unknown>): Promise<void> =>
    (last = last.then(() => within(timeoutMs, send())).then(
      () => undefined,
      (thrown: unknown) => {
        if (!isTold) onProblem(notifyFailed(thrown));
        isTold = true;
      },
    ));

  // The package knows READY and STATUS alone; the program behind it knows the rest.
  const send = (assignment: string): Promise<unknown> => run('systemd-notify', [assignment], { timeout: timeoutMs, killSignal: 'SIGKILL' });

  return {
    ready: (status) => enqueue(() => notifyByPackage({ ready: true, status: oneLine(status) })),
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
    alive: () => enqueue(() => send('WATCHDOG=1')),
    stopping: () => enqueue(() => send('STOPPING=1')),
  };
}

/** A line break would begin another assignment. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`systemd-notify did not end within ${timeoutMs} ms`)), timeoutMs);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
