import { isMap, isScalar, LineCounter, parseDocument, type Node, type YAMLMap } from 'yaml';
import type { ConfigProblem } from './config-error.js';
import { shorten, type Setting } from './setting.js';

export interface YamlSettings {
  readonly settings: readonly Setting[];
  readonly problems: readonly ConfigProblem[];
}

/** The explained example has 5 kB. */
const longestText = 262_144;

/** Takes a configuration file apart into settings that know their line. `file` is for messages only. */
export function readYaml(text: string, file: string): YamlSettings {
  const refuse = (message: string): YamlSettings => ({ settings: [], problems: [{ subject: shorten(file), message }] });
  if (text.length > longestText) return refuse(`is longer than ${longestText} characters, so it is no configuration`);
  try {
    return takeApart(text, file);
  } catch (error) {
    // The parser calls itself for each level.
    if (error instanceof RangeError) return refuse('is nested too deeply to be a configuration');
    throw error;
  }
}

function takeApart(text: string, file: string): YamlSettings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) => {
      const { line, col } = lines.linePos(pos[0]);
      return { subject: shorten(file), message: `not valid YAML: ${message}`, where: `line ${line}, column ${col}` };
    });
    return { settings: [], problems };
  }
  const root = document.contents;
  if (isEmpty(root)) return { settings: [], problems: [] };
  if (!isMap(root)) return { settings: [], problems: [{ subject: shorten(file), message: 'does not hold `key: value` lines' }] };

  const lineOf = (node: unknown): number => lines.linePos((node as Node).range?.[0] ?? 0).line;

  const settings: Setting[] = [];
  const walk = (map: YAMLMap, outer: readonly string[]): void => {
    for (const { key, value } of map.items) {
      const path = [...outer, isScalar(key) ? String(key.value) : '?'];
      const origin = { kind: 'file', file, line: lineOf(key) } as const;
      if (isMap(value)) walk(value, path);
      // A key without a value, as in a section whose lines are all commented out, says nothing.
      else settings.push({ path, value: isEmpty(value) ? undefined : toPlain(value, document), origin });
    }
  };
  walk(root, []);
  return { settings, problems: [] };
}

function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

function toPlain(node: unknown, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return (node as Node).toJS(document, { maxAliasCount: 100 }) as unknown;
  } catch {
    return node;
  }
}
