import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';

type Packages = Record<string, { version?: string; optional?: boolean }>;
interface SetUp {
  isInstalled(wanted: Packages | undefined, found: Packages | undefined): boolean;
  checkPlatform(machine: { version?: string; platform?: string; arch?: string }): void;
  findPython(candidates: string[]): string;
}

/** Set-up is plain JavaScript beside the sources, for it runs before there is anything compiled. */
const load = async (file: string): Promise<SetUp> => (await import(resolve('daemon/setup', file))) as SetUp;

test('packages are installed anew when one is missing or of another version, not for optional ones', async (t) => {
  const { isInstalled } = await load('packages.mjs');
  const wanted = { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } };
  t.true(isInstalled(wanted, { 'node_modules/a': { version: '1.0.0' } }));
  t.false(isInstalled(wanted, { 'node_modules/a': { version: '1.0.1' } }));
  t.false(isInstalled(wanted, { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } }));
  t.false(isInstalled(wanted, {}));
  t.false(isInstalled(wanted, undefined));
});

test('a machine on which nothing can work is told so before anything is downloaded', async (t) => {
  const { checkPlatform } = await load('platform.mjs');
  t.throws(() => checkPlatform({ version: '18.20.0' }), { message: /Node 18\.20\.0 is too old\n.*Node 20/ });
  t.throws(() => checkPlatform({ platform: 'linux', arch: 'arm' }), { message: /64-bit Raspberry Pi OS/ });
  t.notThrows(() => checkPlatform({ version: '22.0.0', platform: 'linux', arch: 'arm64' }));
});

test('a Python that is too old or has no venv is passed over, and without one the way out is named', async (t) => {
  const { findPython } = await load('trainer.mjs');
  const folder = mkdtempSync(join(tmpdir(), 'earshot-python-'));
  const fake = (name: string, code: number): string => {
    writeFileSync(join(folder, name), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
    return join(folder, name);
  };
  const old = fake('old', 1);
  const good = fake('good', 0);
  t.is(findPython([join(folder, 'missing'), old, good]), good);
  t.throws(() => findPython([old]), { message: /Python 3\.11 or newer with venv.*\n.*sudo apt install python3 python3-venv/ });
});

test('sources are compiled when one has changed, and what was compiled of a removed one goes', (t) => {
  const clone = mkdtempSync(join(tmpdir(), 'earshot-clone-'));
  t.teardown(() => rmSync(clone, { recursive: true }));
  for (const file of ['package.json', 'package-lock.json', 'daemon/setup', 'daemon/errors']) cpSync(resolve(file), join(clone, file), { recursive: true });
  symlinkSync(resolve('node_modules'), join(clone, 'node_modules'));
  const tsconfig = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as object;
  writeFileSync(join(clone, 'tsconfig.json'), JSON.stringify({ ...tsconfig, include: ['daemon/**/*.ts'] }));
  const install = () => spawnSync(process.execPath, ['daemon/setup/install.mjs'], { cwd: clone, encoding: 'utf8' });
  const extra = join(clone, 'daemon/errors/extra.ts');
  writeFileSync(extra, 'export const extra = 1;\n');

  const first = install();
  t.is(first.status, 0, first.stderr);
  t.is(first.stderr, 'earshot: compiling ...\n');
  t.is(first.stdout, '');
  const compiled = join(clone, 'dist/daemon/errors/extra.js');
  t.true(statSync(compiled).isFile());
  t.is(install().stderr, '', 'nothing has changed');

  rmSync(extra);
  t.is(install().stderr, 'earshot: compiling ...\n');
  t.throws(() => statSync(compiled), { code: 'ENOENT' });
  t.true(statSync(join(clone, 'dist/daemon/errors/earshot-error.js')).isFile());

  writeFileSync(extra, 'export const extra: string = 1;\n');
  const broken = install();
  t.is(broken.status, 1);
  t.regex(broken.stderr + broken.stdout, /extra\.ts.*not assignable/);
  t.regex(broken.stderr, /The lines above name the file/);
});
