import type { ConfigKey } from './config-keys.js';

/** A value from outside the file arrives as text; what cannot be read stays text, for the schema to refuse. */
export function readText(text: string, { type }: Pick<ConfigKey, 'type'>): unknown {
  switch (type) {
    case 'string':
      return text;
    case 'number':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return readList(text);
  }
}

/** A JSON list, or words with spaces between them. */
function readList(text: string): unknown {
  if (!text.trimStart().startsWith('[')) return text.split(/\s+/).filter((word) => word !== '');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
