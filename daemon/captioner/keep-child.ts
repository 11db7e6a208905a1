import { CaptionerError, closedError, crashedError, timeoutError, unavailableError } from './captioner-error.js';
import { startCaptionerProcess, type CaptionerProcess, type CaptionerProcessOptions } from './captioner-process.js';
import { within } from '../time/within.js';
import type { Timers } from '../time/timers.js';

export type CaptionerState = {
  /** How often a child was lost, or could not be brought up, since one has put a window into words. */
  readonly failures: number;
} & (
  | { readonly state: 'ready'; readonly pid: number | undefined }
  /** There is no child, for this reason; another is started until one is ready. */
  | { readonly state: 'restarting'; readonly reason: CaptionerError }
);

export interface KeepOptions {
  readonly onState: (state: CaptionerState) => void;
  readonly timers: Timers;
  readonly startTimeoutMs: number;
  readonly backOffMs: number;
  readonly maxBackOffMs: number;
  readonly closeGraceMs: number;
}

/** Sees to it that there is a child, whatever happens to it. */
export interface ChildKeeper {
  /** The child as soon as one is ready; rejects with `CAPTIONER_UNAVAILABLE` after `ms`. */
  ready(ms: number): Promise<CaptionerProcess>;
  /** The child has done its work: the next failure is the first of a row. */
  praise(): void;
  /**
   * Starts no other child, waits within the grace for `work`, then ends the child, by force if it does not go
   * within the grace; resolves when it is reaped.
   */
  close(work: Promise<unknown>): Promise<void>;
}

/** @throws CaptionerError when the first child cannot be brought up; from then on failures are mended. */
export async function keepChild(processOptions: CaptionerProcessOptions, options: KeepOptions): Promise<ChildKeeper> {
  const { onState, timers, startTimeoutMs, backOffMs, maxBackOffMs, closeGraceMs } = options;
  const waiting = new Set<(child: CaptionerProcess | CaptionerError) => void>();
  let newest: CaptionerProcess | undefined;
  let readyChild: CaptionerProcess | undefined;
  let failures = 0;
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;
  let wake: () => void = () => undefined;

  const bringUp = async (): Promise<CaptionerProcess> => {
    const child = startCaptionerProcess(processOptions);
    newest = child;
    try {
      await within(timers, startTimeoutMs, child.ready, () => {
        throw timeoutError('opening the bundle', startTimeoutMs);
      });
      return child;
    } catch (error) {
      child.kill();
      await child.ended;
      throw error;
    }
  };

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const cancel = timers.after(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });

  /** Tries until a child is ready; tells the reason of a failure unless it is the one told last. */
  const replace = async (lost: CaptionerError): Promise<CaptionerProcess | undefined> => {
    let told = lost;
    failures += 1;
    onState({ state: 'restarting', reason: lost, failures });
    while (!isClosing()) {
      await pause(Math.min(backOffMs * 2 ** (failures - 1), maxBackOffMs));
      if (isClosing()) return undefined;
      try {
        return await bringUp();
      } catch (error) {
        failures += 1;
        const reason = error instanceof CaptionerError ? error : crashedError('could not be started', error);
        if (isClosing() || reason.code === told.code) continue;
        told = reason;
        onState({ state: 'restarting', reason, failures });
      }
    }
    return undefined;
  };

  const keep = async (first: CaptionerProcess): Promise<void> => {
    let child: CaptionerProcess | undefined = first;
    while (child !== undefined && !isClosing()) {
      readyChild = child;
      onState({ state: 'ready', pid: child.pid, failures });
      for (const answer of waiting) answer(child);
      const reason: CaptionerError = await child.ended;
      readyChild = undefined;
      child = isClosing() ? undefined : await replace(reason);
    }
  };

  const kept = keep(await bringUp());

  return {
    async ready(ms) {
      if (readyChild !== undefined) return readyChild;
      let answer: (child: CaptionerProcess | CaptionerError) => void = () => undefined;
      const answered = new Promise<CaptionerProcess | CaptionerError>((resolve) => waiting.add((answer = resolve)));
      const child = await within(timers, ms, answered, () => unavailableError(ms)).finally(() => waiting.delete(answer));
      if (child instanceof CaptionerError) throw child;
      return child;
    },
    praise() {
      if (failures === 0) return;
      failures = 0;
      if (readyChild !== undefined) onState({ state: 'ready', pid: readyChild.pid, failures });
    },
    async close(work) {
      closing.abort();
      for (const answer of waiting) answer(closedError());
      wake();
      await within<unknown>(timers, closeGraceMs, work, () => undefined);
      const child = newest;
      child?.dismiss();
      await within<unknown>(timers, closeGraceMs, Promise.resolve(child?.ended), () => child?.kill());
      await Promise.all([child?.ended, kept]);
    },
  };
}
