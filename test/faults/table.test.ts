import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/reliability.md', root), 'utf8');

interface Row {
  readonly section: string;
  readonly fault: string;
  readonly tests: string;
}

/** The rows of all tables on the page whose last column names tests. */
function rows(): Row[] {
  let section = '';
  let isOfFaults = false;
  const found: Row[] = [];
  for (const line of page.split('\n')) {
    if (line.startsWith('## ')) section = line.slice(3);
    const cells = line.split('|').slice(1, -1).map((cell) => cell.trim());
    if (!line.startsWith('|')) isOfFaults = false;
    if (isOfFaults && !/^[-: ]*$/.test(cells[0] ?? '')) found.push({ section, fault: cells[0] ?? '', tests: cells.at(-1) ?? '' });
    if (cells.at(-1) === 'test') isOfFaults = true;
  }
  return found;
}

/** What is wrong with the name of a test, if anything is. */
function problemWith(reference: string): string | undefined {
  const [, file = '', title] = /^`([^`]+)`(?:: "(.+)")?$/.exec(reference) ?? [];
  if (!/^test\/.+\.(test\.ts|sh)$/.test(file)) return 'it is not written as `test/FILE`: "TITLE"';
  const source = new URL(file, root);
  if (!existsSync(source)) return 'there is no such file';
  if (file.endsWith('.sh')) return title === undefined ? undefined : 'a script is run as a whole and has no titles';
  if (title === undefined) return 'it names no title';
  return titlesIn(readFileSync(source, 'utf8')).some((pattern) => pattern.test(title)) ? undefined : 'there is no test of that title';
}

/** The titles of a file's tests, as patterns: `${...}` stands for anything. */
function titlesIn(text: string): RegExp[] {
  const escape = (plain: string): string => plain.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return [...text.matchAll(/\b\w*test(?:\.serial)?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gi)].map(
    ([, , string = '']) => new RegExp(`^${string.replace(/\\(.)/g, '$1').split(/\$\{[^}]*\}/).map(escape).join('.+')}$`),
  );
}

test('every row of docs/reliability.md names tests that are there', (t) => {
  const problems = rows().flatMap(({ section, fault, tests }) =>
    tests.split('<br>').flatMap((reference) => {
      const problem = problemWith(reference.trim());
      return problem === undefined ? [] : [`${section}, ${fault}: ${reference.trim()}: ${problem}`];
    }),
  );
  t.deepEqual(problems, []);
});

test('docs/reliability.md tells how many faults it tells of', (t) => {
  t.is(Number(/\*\*(\d+) faults\*\*/.exec(page)?.[1]), rows().length);
});

test('a test that is not there is noticed', (t) => {
  const own = 'test/faults/table.test.ts';
  t.is(problemWith(`\`${own}\`: "a test that is not there is noticed"`), undefined);
  t.is(problemWith('`test/slow/soak.sh`'), undefined);
  t.regex(problemWith(`\`${own}\`: "a test that was never written"`) ?? '', /no test of that title/);
  t.regex(problemWith('`test/faults/nowhere.test.ts`: "a title"') ?? '', /no such file/);
  t.regex(problemWith(`\`${own}\``) ?? '', /names no title/);
  t.regex(problemWith('by hand') ?? '', /is not written as/);
});
