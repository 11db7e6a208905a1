import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority that signs certificates of servers, and the files of both. It goes with the test. Needs openssl. */
export function createAuthority(t: ExecutionContext, name: string) {
  const folder = mkdtempSync(path.join(tmpdir(), `earshot-${name}-`));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  openssl('req', '-x509', ...newKey, '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', `/CN=${name}`);

  return {
    caFile: path.join(folder, 'ca.pem'),
    /** Writes `server.pem` and `server.key` into a folder; a negative number of days is a certificate of the past. */
    issue(into: string, host: string, days: number): void {
      mkdirSync(into, { recursive: true });
      writeFileSync(path.join(folder, 'extensions'), `subjectAltName=DNS:${host}`);
      openssl('req', ...newKey, '-keyout', path.join(into, 'server.key'), '-out', 'request.pem', '-subj', `/CN=${host}`);
      openssl(
        'x509', '-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days),
        '-extfile', 'extensions', '-out', path.join(into, 'server.pem'),
      );
    },
  };
}
