import { createHash } from 'node:crypto';

const longestPart = 64;

/**
 * One level of a topic, of the characters A-Z a-z 0-9 _ - alone, 1 to 64 of them; a name made of these stays as it is.
 * So no name can hold a wildcard or a slash, or be empty ([MQTT-4.7.1-1], [MQTT-4.7.3-1]), or begin with $.
 */
export function topicPart(name: string): string {
  return sanitise(name, /[^A-Za-z0-9_-]+/g);
}

/** The levels of a topic prefix such as `home/earshot`; dots may stay. Empty ones are left out. */
export function topicPrefixParts(prefix: string, fallback: string): string[] {
  const parts = prefix.split('/').filter((part) => part !== '');
  return (parts.length === 0 ? [fallback] : parts).map((part) => sanitise(part, /[^A-Za-z0-9_.-]+/g));
}

function sanitise(name: string, forbidden: RegExp): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').replace(forbidden, '-');
  const safe = (plain === name ? plain : plain.replace(/^-+|-+$/g, '')).slice(0, longestPart);
  // Names in other scripts stay apart from one another.
  return safe === '' ? `unnamed-${createHash('sha256').update(name).digest('hex').slice(0, 8)}` : safe;
}
