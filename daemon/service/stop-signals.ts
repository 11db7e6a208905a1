import { constants } from 'node:os';

type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';
const stopSignals: readonly StopSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

export interface SignalTarget {
  on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  exit(code: number): void;
}

export interface StopRequest {
  /** Aborts at the first request to stop, with the signal's name as reason. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  release(): void;
}

/** Turns the first request to stop into an abort; a second one ends the process at once, as impatience should. */
export function listenForStop(target: SignalTarget = process): StopRequest {
  const controller = new AbortController();
  const listener = (signal: StopSignal): void => {
    if (controller.signal.aborted) target.exit(128 + constants.signals[signal]);
    else controller.abort(signal);
  };
  for (const signal of stopSignals) target.on(signal, listener);
  return {
    signal: controller.signal,
    release() {
      for (const signal of stopSignals) target.off(signal, listener);
    },
  };
}
