import { PublishError } from '../publish-error.js';

const defaultPorts = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 } as const;

export type BrokerScheme = keyof typeof defaultPorts;

export interface BrokerAddress {
  readonly scheme: BrokerScheme;
  readonly host: string;
  readonly port: number;
  /** Path of a WebSocket. */
  readonly path: string;
  /** For logs: scheme, host and port, never a user or a password. */
  readonly label: string;
}

/** Throws a `PublishError` that does not repeat the text, for there may be a password in it. */
export function parseBrokerUrl(text: string): BrokerAddress {
  // URL.parse's error would carry the whole text.
  if (!URL.canParse(text)) throw invalid('is not an address');
  const url = new URL(text);
  const scheme = url.protocol.slice(0, -1);
  if (!isScheme(scheme)) throw invalid(`begins with "${scheme}:", which is no broker's scheme`);
  if (url.hostname === '') throw invalid('names no host');
  if (url.username !== '' || url.password !== '') throw invalid('holds a user name or password');

  const port = url.port === '' ? defaultPorts[scheme] : Number(url.port);
  return {
    scheme,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    path: url.pathname === '' ? '/' : url.pathname + url.search,
    label: `${scheme}://${url.hostname}:${port}`,
  };
}

function isScheme(scheme: string): scheme is BrokerScheme {
  return Object.hasOwn(defaultPorts, scheme);
}

function invalid(what: string): PublishError {
  return new PublishError({
    code: 'BROKER_URL_INVALID',
    message: `The address of the MQTT broker ${what}`,
    remedy: 'Write mqtt.url as mqtt://HOST[:PORT] or mqtts://HOST[:PORT]; user and password belong in mqtt.username and mqtt.password_file.',
  });
}
