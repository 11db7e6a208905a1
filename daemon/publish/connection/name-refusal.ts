import type { FailureScene } from './failure-scene.js';
import { nameFailure } from './name-failure.js';
import type { Message } from '../message.js';
import { PublishError } from '../publish-error.js';

/** Names what came instead of a good PUBACK: a refusal by the broker [MQTT 5, section 3.4.2.1], or a lost connection. */
export function nameRefusal(error: Error, { topic }: Message, scene: FailureScene): PublishError {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'number' || code < 128) return nameFailure(error, scene);
  const isForbidden = code === 135;
  return new PublishError({
    code: 'MESSAGE_REFUSED',
    message: isForbidden
      ? `The MQTT broker at ${scene.label} does not let this client publish to ${topic}`
      : `The MQTT broker at ${scene.label} refuses a message to ${topic}: ${error.message.replace(/^Publish error: /, '')}`,
    remedy: isForbidden
      ? 'Allow the user to write to that topic in the access control list of the broker.'
      : 'See the log and the limits of the broker.',
    cause: error,
  });
}
