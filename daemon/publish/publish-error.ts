import { EarshotError } from '../errors/earshot-error.js';

export type PublishErrorCode =
  | 'BROKER_URL_INVALID'
  | 'BROKER_REFUSED'
  | 'BROKER_UNREACHABLE'
  | 'BROKER_NAME_UNKNOWN'
  | 'BROKER_TIMEOUT'
  | 'BROKER_TLS'
  | 'BROKER_TLS_FILE'
  | 'BROKER_LOGIN'
  | 'BROKER_PROTOCOL'
  | 'BROKER_CLIENT_ID'
  | 'BROKER_TAKEN_OVER'
  | 'BROKER_BUSY'
  | 'BROKER_CLOSED'
  | 'BROKER_FAILED'
  | 'MESSAGE_REFUSED'
  | 'EMBEDDED_BROKER_PORT_TAKEN'
  | 'EMBEDDED_BROKER_ADDRESS'
  | 'EMBEDDED_BROKER_FAILED';

/** What keeps events from leaving. Neither message nor cause ever holds a password. */
export class PublishError extends EarshotError {
  declare readonly code: PublishErrorCode;

  constructor(options: { code: PublishErrorCode; message: string; remedy: string; cause?: unknown }) {
    super(options);
  }
}
