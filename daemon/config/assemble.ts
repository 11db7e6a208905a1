import { resolve, dirname } from 'node:path';
import type { ConfigProblem } from './config-error.js';
import { configKeys, configSections, type ConfigKey } from './config-keys.js';
import { describeOrigin, type Origin, type Setting } from './setting.js';
import { suggest } from './suggest.js';

export interface Assembled {
  /** What was set, by the path of its key; values are unchecked. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Where each key was last set, by its path. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly problems: readonly ConfigProblem[];
}

/** Puts settings over one another, the later over the earlier, and names those that set nothing there is. */
export function assemble(settings: readonly Setting[]): Assembled {
  const values = new Map<string, unknown>();
  const origins = new Map<string, Origin>();
  const problems: ConfigProblem[] = [];

  for (const { path, value, origin } of settings) {
    const name = path.join('.');
    const key = configKeys.get(name);
    if (key === undefined) {
      const isEmptySection = value === undefined && configSections.includes(name);
      if (!isEmptySection) problems.push({ subject: name, message: explainUnknown(name), where: describeOrigin(origin) });
    } else if (value !== undefined) {
      values.set(name, resolvePath(value, key, origin));
      origins.set(name, origin);
    }
  }
  return { values, origins, problems };
}

function explainUnknown(name: string): string {
  if (/(^|\.)passw(or)?d$/i.test(name)) return 'a password does not belong here; write it alone to a file and set mqtt.password_file to its path';
  if (configSections.includes(name)) return `is a section; its keys are ${keysIn(name).join(', ')}`;
  const outer = name.slice(0, Math.max(0, name.indexOf('.')));
  if (configKeys.has(outer)) return `${outer} takes one value and has no keys`;
  const near = findNear(name);
  return `there is no such key${near === undefined ? '' : `; did you mean ${near}?`}`;
}

/** A key spelt like it, else one that begins like it, else one of that name in another section. */
function findNear(name: string): string | undefined {
  const paths = [...configKeys.keys()];
  const last = name.slice(name.lastIndexOf('.') + 1);
  return (
    suggest(name, [...paths, ...configSections]) ??
    paths.find((path) => path.startsWith(`${name}_`)) ??
    paths.find((path) => path.endsWith(`.${last}`))
  );
}

function keysIn(section: string): string[] {
  return [...configKeys.keys()].filter((path) => path.startsWith(`${section}.`)).map((path) => path.slice(section.length + 1));
}

/** Paths in a file are relative to that file, so that the file means the same from every folder. */
function resolvePath(value: unknown, { isPath }: ConfigKey, origin: Origin): unknown {
  if (isPath === undefined || typeof value !== 'string' || origin.kind !== 'file') return value;
  return isPath === 'always' || value.includes('/') ? resolve(dirname(origin.file), value) : value;
}
