import { EarshotError } from '../errors/earshot-error.js';

/** What goes wrong between the daemon and the system that runs it. Codes: `NOTIFY_FAILED`. */
export class ServiceError extends EarshotError {}

export function notifyFailed(thrown: unknown): ServiceError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new ServiceError({
    code: 'NOTIFY_FAILED',
    message: `systemd could not be told about the daemon: ${reason}`,
    remedy: 'Install systemd-notify (package systemd), and set NotifyAccess=all in the unit.',
    cause: thrown,
  });
}
