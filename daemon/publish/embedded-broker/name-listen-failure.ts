import { PublishError } from '../publish-error.js';

export function notLoopback(host: string): PublishError {
  return new PublishError({
    code: 'EMBEDDED_BROKER_ADDRESS',
    message: `The embedded MQTT broker shall listen on ${host}, which is not an address of this machine alone`,
    remedy: 'Set embedded_broker.host to 127.0.0.1; for other machines run a broker with passwords and name it in mqtt.url.',
  });
}

export function nameListenFailure(cause: unknown, host: string, port: number): PublishError {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new PublishError({
      code: 'EMBEDDED_BROKER_PORT_TAKEN',
      message: `The embedded MQTT broker cannot listen on ${host}:${port}: another program does, and nothing is published to it`,
      remedy: `If that is a broker, set mqtt.url to mqtt://${host}:${port}; otherwise choose another embedded_broker.port.`,
      cause,
    });
  }
  return new PublishError({
    code: 'EMBEDDED_BROKER_FAILED',
    message: `The embedded MQTT broker cannot listen on ${host}:${port}${code === undefined ? '' : ` (${code})`}`,
    remedy:
      code === 'EACCES'
        ? 'Choose an embedded_broker.port above 1023.'
        : 'Set embedded_broker.host to 127.0.0.1 and embedded_broker.port to a free port.',
    cause,
  });
}
