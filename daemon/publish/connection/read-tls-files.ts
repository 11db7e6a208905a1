import { readFile } from 'node:fs/promises';
import { PublishError } from '../publish-error.js';

/** Paths of PEM files, and the name the broker's certificate is made out to where that is not the host. */
export interface TlsFiles {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly serverName?: string | undefined;
}

export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
}

/** Read anew for each connection, so that a renewed certificate needs no restart. Rejects with a `PublishError`. */
export async function readTlsFiles({ caFile, certFile, keyFile, serverName }: TlsFiles): Promise<TlsMaterial> {
  return {
    ...(caFile === undefined ? {} : { ca: await read(caFile, 'mqtt.ca_file') }),
    ...(certFile === undefined ? {} : { cert: await read(certFile, 'mqtt.cert_file') }),
    ...(keyFile === undefined ? {} : { key: await read(keyFile, 'mqtt.key_file') }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

async function read(file: string, setting: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new PublishError({
      code: 'BROKER_TLS_FILE',
      message: `The TLS file ${file} (${setting}) ${why}`,
      remedy: `Put the file there, let the daemon's user read it, or correct ${setting}.`,
      cause,
    });
  }
}
