import { isIP } from 'node:net';

/** Whether an address or name can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  const kind = isIP(host);
  if (kind === 4) return host.startsWith('127.');
  if (kind === 6) return /^(0*:)+0*1$/.test(host);
  return host.toLowerCase() === 'localhost';
}
