import type { z } from 'zod';
import type { Assembled } from './assemble.js';
import { hideCredentials } from './broker-url.js';
import { checkTogether } from './check-together.js';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { configKeys, configSections } from './config-keys.js';
import { configSchema, type Config } from './schema.js';
import { describeOrigin } from './setting.js';

/** Checks every value and those that depend on one another; throws a `ConfigError` that holds all there is to say. */
export function check({ values, origins, problems }: Assembled): Config {
  const result = configSchema.safeParse(toTree(values), { reportInput: true });
  const wrongValues = result.success ? [] : result.error.issues.map(explainIssue);
  const found = [...problems, ...[...wrongValues, ...checkTogether(values)].map(locate)];
  if (found.length > 0 || !result.success) throw new ConfigError(found);
  return result.data;

  function locate(problem: ConfigProblem): ConfigProblem {
    const origin = origins.get(problem.subject);
    return origin === undefined ? problem : { ...problem, where: describeOrigin(origin) };
  }
}

function toTree(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const sections = new Map<string, Record<string, unknown>>(configSections.map((section) => [section, {}]));
  const tree: Record<string, unknown> = Object.fromEntries(sections);
  for (const [path, value] of values) {
    const end = path.lastIndexOf('.');
    const holder = sections.get(path.slice(0, end)) ?? tree;
    holder[path.slice(end + 1)] = value;
  }
  return tree;
}

function explainIssue(issue: z.core.$ZodIssue): ConfigProblem {
  const subject = keyOf(issue.path);
  if (issue.code === 'custom') return { subject, message: issue.message };
  return { subject, message: `found ${show(issue.input)}; allowed: ${configKeys.get(subject)?.allowed ?? issue.message}` };
}

/** The key that an issue is about; a list's items belong to their key. */
function keyOf(path: readonly PropertyKey[]): string {
  const names = path.map(String);
  while (names.length > 1 && !configKeys.has(names.join('.'))) names.pop();
  return names.join('.');
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = hideCredentials(toText(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function toText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // What refers to itself, or holds far more than is written.
    return 'something that cannot be written down';
  }
}
