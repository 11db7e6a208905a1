import { z } from 'zod';
import type { KeyNotes } from './keys.js';
import { configSchema } from './schema.js';

/** One key of the configuration, as the outside world writes it. */
export interface ConfigKey extends KeyNotes {
  /** `mqtt.keepalive_seconds` */
  readonly path: string;
  readonly type: 'string' | 'number' | 'boolean' | 'list';
  readonly fallback: unknown;
}

/** Every key by its path, in the order of the schema. */
export const configKeys: ReadonlyMap<string, ConfigKey> = new Map(listKeys(configSchema, '').map((key) => [key.path, key]));

/** The paths that hold keys: `mqtt`, `window`, ... */
export const configSections: readonly string[] = [...new Set([...configKeys.keys()].flatMap((path) => sectionOf(path)))];

function sectionOf(path: string): string[] {
  const end = path.lastIndexOf('.');
  return end === -1 ? [] : [path.slice(0, end)];
}

function listKeys(section: z.ZodObject, prefix: string): ConfigKey[] {
  return Object.entries(section.shape as Record<string, z.core.$ZodType>).flatMap(([name, schema]) => {
    const path = prefix + name;
    if (schema instanceof z.ZodObject) return listKeys(schema, `${path}.`);
    const fallback = schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
    const value = unwrap(schema);
    return [{ path, type: typeOf(value), fallback, ...readNotes(path, value) }];
  });
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? unwrap(schema.def.innerType) : schema;
}

function typeOf(schema: z.core.$ZodType): ConfigKey['type'] {
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  return schema instanceof z.ZodArray ? 'list' : 'string';
}

function readNotes(path: string, schema: z.core.$ZodType): KeyNotes {
  const notes = z.globalRegistry.get(schema) as Partial<KeyNotes> | undefined;
  if (notes?.allowed === undefined) throw new Error(`schema key ${path} does not say what is allowed`);
  return { ...notes, allowed: notes.allowed };
}
