import type { FailureScene } from './failure-scene.js';
import { nameTlsFailure } from './name-tls-failure.js';
import { PublishError, type PublishErrorCode } from '../publish-error.js';

type Naming = (scene: FailureScene) => { code: PublishErrorCode; message: string; remedy: string };

/** Turns what Node, TLS or MQTT say into a `PublishError`; `thrown` is undefined when the broker just hung up. */
export function nameFailure(thrown: unknown, scene: FailureScene): PublishError {
  if (thrown instanceof PublishError) return thrown;
  const code = codeOf(thrown);
  const naming =
    (typeof code === 'number' ? reasons.get(code) : undefined) ??
    // Before the rest: a reset means something else where TLS was expected.
    nameTlsFailure(code, scene) ??
    (typeof code === 'string' ? systemErrors.get(code) : undefined) ??
    (isTimeout(thrown) ? timeout : undefined) ??
    (thrown === undefined ? hungUp : undefined) ??
    unknown(thrown);
  return new PublishError({ ...naming(scene), cause: thrown });
}

const refused: Naming = ({ label }) => ({
  code: 'BROKER_REFUSED',
  message: `The MQTT broker at ${label} refuses the connection: nothing listens there`,
  remedy: 'Start the broker, or correct mqtt.url.',
});

const unreachable: Naming = ({ label }) => ({
  code: 'BROKER_UNREACHABLE',
  message: `There is no way through the network to the MQTT broker at ${label}`,
  remedy: 'Check the network of this machine and the address in mqtt.url.',
});

const unknownName: Naming = ({ label }) => ({
  code: 'BROKER_NAME_UNKNOWN',
  message: `The host name of the MQTT broker at ${label} cannot be resolved`,
  remedy: 'Correct the host name in mqtt.url, or check the name service of the network; an IP address works without one.',
});

const timeout: Naming = ({ label, wasOpen }) => ({
  code: 'BROKER_TIMEOUT',
  message: wasOpen ? `The MQTT broker at ${label} has stopped answering` : `The MQTT broker at ${label} does not answer`,
  remedy: 'Check that the broker runs, that mqtt.url names an MQTT port, and that no firewall lies between.',
});

const hungUp: Naming = ({ label, wasOpen, isEncrypted }) => ({
  code: 'BROKER_CLOSED',
  message: wasOpen
    ? `The MQTT broker at ${label} has closed the connection`
    : `The MQTT broker at ${label} hangs up without an answer`,
  remedy: `See the log of the broker for its reason${hintOnClosing(wasOpen, isEncrypted)}`,
});

function hintOnClosing(wasOpen: boolean, isEncrypted: boolean): string {
  if (wasOpen) return '; if this happens often, two daemons may share a device.id and push each other off.';
  return isEncrypted ? '.' : '; if it expects TLS, begin mqtt.url with mqtts://.';
}

const login: Naming = ({ label, username }) => ({
  code: 'BROKER_LOGIN',
  message:
    username === undefined
      ? `The MQTT broker at ${label} asks for a user name and password`
      : `The MQTT broker at ${label} refuses user "${username}": the password is wrong, or the user may not connect`,
  remedy: 'Correct mqtt.username and the file named in mqtt.password_file, or create the user on the broker.',
});

const clientId: Naming = ({ label }) => ({
  code: 'BROKER_CLIENT_ID',
  message: `The MQTT broker at ${label} refuses this client's id`,
  remedy: 'Set mqtt.client_id to one that the broker allows.',
});

const takenOver: Naming = ({ label }) => ({
  code: 'BROKER_TAKEN_OVER',
  message: `Another client has connected to the MQTT broker at ${label} with this client's id`,
  remedy: 'Give every device its own device.id (or mqtt.client_id), and see that only one daemon runs on it.',
});

const protocol: Naming = ({ label }) => ({
  code: 'BROKER_PROTOCOL',
  message: `The server at ${label} speaks neither MQTT 5 nor MQTT 3.1.1`,
  remedy: 'Correct mqtt.url, or update the broker.',
});

const busy: Naming = ({ label }) => ({
  code: 'BROKER_BUSY',
  message: `The MQTT broker at ${label} is not serving clients at present`,
  remedy: 'See the log of the broker; it may be starting, stopping, or out of capacity.',
});

const unknown =
  (thrown: unknown): Naming =>
  ({ label }) => ({
    code: 'BROKER_FAILED',
    message: `The connection to the MQTT broker at ${label} failed: ${thrown instanceof Error ? thrown.message.trim() : 'reason unknown'}`,
    remedy: 'See the log of the broker, and check mqtt.url.',
  });

const systemErrors = new Map<string, Naming>([
  ['ECONNREFUSED', refused],
  ['EHOSTUNREACH', unreachable],
  ['ENETUNREACH', unreachable],
  ['ENETDOWN', unreachable],
  ['EADDRNOTAVAIL', unreachable],
  ['ENOTFOUND', unknownName],
  ['EAI_AGAIN', unknownName],
  ['EAI_FAIL', unknownName],
  ['EAI_NODATA', unknownName],
  ['EAI_NONAME', unknownName],
  ['ETIMEDOUT', timeout],
  ['ECONNRESET', hungUp],
  ['EPIPE', hungUp],
]);

/** CONNACK return codes of MQTT 3.1.1 (section 3.2.2.3), CONNACK and DISCONNECT reason codes of MQTT 5 (2.4). */
const reasons = new Map<number, Naming>([
  [1, protocol],
  [2, clientId],
  [3, busy],
  [4, login],
  [5, login],
  [132, protocol],
  [133, clientId],
  [134, login],
  [135, login],
  [136, busy],
  [137, busy],
  [138, login],
  [139, busy],
  [141, timeout],
  [142, takenOver],
  [151, busy],
  [159, busy],
]);

function codeOf(thrown: unknown): string | number | undefined {
  const code = (thrown as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' || typeof code === 'number' ? code : undefined;
}

/** Neither mqtt.js nor we have a code for these. */
function isTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && /^(connack|keepalive|publish) timeout$/i.test(thrown.message);
}
