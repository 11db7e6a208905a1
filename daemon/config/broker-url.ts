import { z } from 'zod';

const schemes = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

/** The address of a broker, without user and password: those would show in logs and process lists. */
export const brokerUrl = z
  .string()
  .superRefine((value, context) => {
    const problem = findProblem(value);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ allowed: 'mqtt://HOST[:PORT] or mqtts://HOST[:PORT]' });

function findProblem(value: string): string | undefined {
  if (!URL.canParse(value)) return 'not an address; allowed: mqtt://HOST[:PORT] or mqtts://HOST[:PORT]';
  const url = new URL(value);
  if (!schemes.includes(url.protocol)) return 'not the address of a broker; it begins with mqtt://, mqtts://, ws:// or wss://';
  if (url.hostname === '') return 'names no host; allowed: mqtt://HOST[:PORT] or mqtts://HOST[:PORT]';
  if (url.username !== '' || url.password !== '') {
    return 'holds a user name or password; take them out and set mqtt.username and mqtt.password_file';
  }
  return undefined;
}

/** Whether the connection is encrypted, so that certificates mean something. */
export function isEncrypted(url: string): boolean {
  return /^(mqtts|wss):/i.test(url);
}

/** The text without what stands between `//` and `@`. */
export function hideCredentials(text: string): string {
  return text.replace(/\/\/[^/]*@/g, '//(hidden)@');
}
