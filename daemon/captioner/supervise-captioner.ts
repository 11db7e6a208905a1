import type { Bundle } from '../bundle/load-files.js';
import type { Captioner } from './captioner.js';
import { closedError, timeoutError } from './captioner-error.js';
import { findDeathWatch, type DeathWatch } from './end-with-parent.js';
import { collectYoungGarbage } from './collect-young-garbage.js';
import { keepChild, type CaptionerState } from './keep-child.js';
import { createOneAtATime } from './one-at-a-time.js';
import { systemTimers, type Timers } from '../time/timers.js';
import { within } from '../time/within.js';

export type { CaptionerState } from './keep-child.js';

export interface SuperviseOptions {
  /** Threads within one operator. */
  readonly threads: number;
  /** How many sources take turns; 1 unless given. */
  readonly sources?: number;
  /** Called once for each change, first when the child is ready. Must not throw. */
  readonly onState?: (state: CaptionerState) => void;
  /** How long a window waits for a child, and how long the child may take over it before it is killed. */
  readonly requestTimeoutMs?: number;
  /** How long the child may take to open the bundle. */
  readonly startTimeoutMs?: number;
  /** Wait before the first restart; doubles with every failure in a row up to `maxBackOffMs`. */
  readonly backOffMs?: number;
  readonly maxBackOffMs?: number;
  /** How long `close` waits for the running window, and then for the child to exit by itself. */
  readonly closeGraceMs?: number;
  readonly timers?: Timers;
  /** Script of the child; another one only in tests. */
  readonly script?: URL;
  /** How the child comes to end with this process; the best that the machine offers unless given. */
  readonly deathWatch?: DeathWatch;
}

/**
 * A captioner in a child process, so that a hang or a native crash ends that child and not the daemon: the
 * window at hand is rejected, and another child is started.
 * @throws CaptionerError when the first child cannot be brought up.
 */
export async function superviseCaptioner(bundle: Bundle, options: SuperviseOptions): Promise<Captioner> {
  const { threads, sources = 1, script = new URL('./child.js', import.meta.url) } = options;
  const { onState = () => undefined, timers = systemTimers } = options;
  const { requestTimeoutMs = 20_000, startTimeoutMs = 60_000, closeGraceMs = 5_000 } = options;
  const { backOffMs = 500, maxBackOffMs = 30_000 } = options;
  const { directory, manifest } = bundle;
  const deathWatch = options.deathWatch ?? (await findDeathWatch());
  const keeper = await keepChild(
    { directory, manifest, threads, sources, script, deathWatch },
    { onState, timers, startTimeoutMs, backOffMs, maxBackOffMs, closeGraceMs },
  );
  const oneAtATime = createOneAtATime();
  let closed: Promise<void> | undefined;

  return {
    caption: (window) =>
      oneAtATime(async () => {
        if (closed !== undefined) throw closedError();
        const child = await keeper.ready(requestTimeoutMs);
        const caption = await within(timers, requestTimeoutMs, child.caption(window), () => {
          const error = timeoutError('a window', requestTimeoutMs);
          child.kill(error);
          throw error;
        });
        keeper.praise();
        collectYoungGarbage();
        return caption;
      }),
    close: () => (closed ??= keeper.close(oneAtATime(async () => undefined))),
  };
}
