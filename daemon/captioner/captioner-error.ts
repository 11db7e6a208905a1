import { EarshotError } from '../errors/earshot-error.js';

/**
 * A window that could not be put into words. Codes: `CAPTIONER_WINDOW_UNFIT`, `CAPTIONER_FAILED`,
 * `CAPTIONER_CRASHED`, `CAPTIONER_TIMEOUT`, `CAPTIONER_UNAVAILABLE`, `CAPTIONER_CLOSED`, and those of
 * `BundleError` when it was the child process that found the bundle wrong.
 */
export class CaptionerError extends EarshotError {}

export function closedError(): CaptionerError {
  return new CaptionerError({
    code: 'CAPTIONER_CLOSED',
    message: 'the captioner has been closed',
    remedy: 'Nothing needs to be done: Earshot is shutting down.',
  });
}

export function timeoutError(what: string, ms: number): CaptionerError {
  return new CaptionerError({
    code: 'CAPTIONER_TIMEOUT',
    message: `${what} took longer than ${ms} ms, so the captioner's process was killed`,
    remedy: 'It is started again by itself; if this goes on, the machine is too slow or too busy for the model.',
  });
}

export function unavailableError(ms: number): CaptionerError {
  return new CaptionerError({
    code: 'CAPTIONER_UNAVAILABLE',
    message: `the captioner's process was not ready within ${ms} ms`,
    remedy: 'It is started again by itself; the log says why it ended.',
  });
}

export function crashedError(how: string, cause?: unknown): CaptionerError {
  return new CaptionerError({
    code: 'CAPTIONER_CRASHED',
    message: `the captioner's process ${how}`,
    remedy: 'It is started again by itself; if this goes on, check memory and the bundle with `earshot check`.',
    cause,
  });
}
