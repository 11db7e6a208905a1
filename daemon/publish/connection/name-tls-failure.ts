import type { FailureScene } from './failure-scene.js';

interface TlsFailure {
  readonly what: string;
  readonly remedy: string;
}

const clock = "Renew the broker's certificate, or set the clock of this machine.";
const authority = 'Name the PEM file of the authority that signed it in mqtt.ca_file.';

const known = new Map<string, TlsFailure>([
  ['CERT_HAS_EXPIRED', { what: 'its certificate has expired', remedy: clock }],
  ['CERT_NOT_YET_VALID', { what: 'its certificate is not valid yet', remedy: clock }],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', { what: 'its certificate is self-signed', remedy: authority }],
  ['SELF_SIGNED_CERT_IN_CHAIN', { what: 'its certificate comes from an authority unknown here', remedy: authority }],
  ['UNABLE_TO_GET_ISSUER_CERT', { what: 'its certificate comes from an authority unknown here', remedy: authority }],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', { what: 'its certificate comes from an authority unknown here', remedy: authority }],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', { what: 'its certificate comes from an authority unknown here', remedy: authority }],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    {
      what: 'its certificate is made out to another name',
      remedy: 'Use the name in the certificate in mqtt.url, or set mqtt.server_name to it.',
    },
  ],
]);

const notTls: TlsFailure = {
  what: 'the port does not speak TLS',
  remedy: 'Correct the port in mqtt.url (8883 is usual for mqtts://), or begin it with mqtt:// on a trusted network.',
};

const noClientCertificate: TlsFailure = {
  what: 'it does not accept the certificate of this client, or the lack of one',
  remedy: 'Name a certificate that the broker knows in mqtt.cert_file and its key in mqtt.key_file.',
};

const badFile: TlsFailure = {
  what: 'mqtt.ca_file, mqtt.cert_file or mqtt.key_file is not in PEM form, or certificate and key do not belong together',
  remedy: 'Check the three files.',
};

/** Undefined when the failure has nothing to do with TLS. */
export function nameTlsFailure(code: string | number | undefined, { isEncrypted, wasOpen }: FailureScene) {
  if (!isEncrypted || typeof code !== 'string') return undefined;
  const failure = known.get(code) ?? guess(code, wasOpen);
  if (failure === undefined) return undefined;
  return ({ label }: FailureScene) => ({
    code: 'BROKER_TLS' as const,
    message: `There is no TLS connection with the MQTT broker at ${label}: ${failure.what}`,
    remedy: failure.remedy,
  });
}

function guess(code: string, wasOpen: boolean): TlsFailure | undefined {
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' || code === 'EPROTO') return notTls;
  if (code === 'ECONNRESET') return wasOpen ? undefined : notTls;
  if (code.includes('_ALERT_')) return noClientCertificate;
  if (code.startsWith('ERR_OSSL_')) return badFile;
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code.startsWith('CERT_')) {
    return { what: `TLS says ${code}`, remedy: 'Check the certificates of the broker and the files named in the mqtt settings.' };
  }
  return undefined;
}
