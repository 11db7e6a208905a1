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
