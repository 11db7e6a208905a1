import { relative } from 'node:path';

/** Where a setting was written. */
export type Origin =
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'default' };

/** One key with its value, before anything about either has been checked. */
export interface Setting {
  /** Key names from the outside in: `['mqtt', 'url']`. */
  readonly path: readonly string[];
  readonly value: unknown;
  readonly origin: Origin;
}

export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return `${shorten(origin.file)}:${origin.line}`;
    case 'environment':
      return `environment variable ${origin.variable}`;
    case 'flag':
      return `flag ${origin.flag}`;
    case 'default':
      return 'default';
  }
}

/** A file below the current folder is named from there. */
export function shorten(file: string): string {
  const near = relative(process.cwd(), file);
  return near === '' || near.startsWith('..') ? file : near;
}
