import type { ConnectionSettings } from './connection-settings.js';
import { openConnection, type Connection } from './open-connection.js';
import { PublishError } from '../publish-error.js';

/**
 * Connects with MQTT 5, or with 3.1.1 where the broker refuses 5: by saying so, or by hanging up as older ones do
 * [MQTT-3.1.2-2]. Asked anew each time, so that an updated broker is noticed. Rejects with a `PublishError`.
 */
export async function negotiateVersion(settings: ConnectionSettings, signal: AbortSignal): Promise<Connection> {
  try {
    return await openConnection(settings, 5, signal);
  } catch (failure) {
    const mayBeTooNew = failure instanceof PublishError && ['BROKER_PROTOCOL', 'BROKER_CLOSED'].includes(failure.code);
    if (!mayBeTooNew || signal.aborted) throw failure;
    return await openConnection(settings, 4, signal);
  }
}
