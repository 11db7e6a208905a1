import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { root, run, say } from './say.mjs';

const sources = ['daemon', 'test'];
const stamp = new URL('dist/.sources', root);

/** Compiles daemon/ and test/ to dist/, unless nothing has changed since the last time. */
export function build() {
  const fingerprint = fingerprintSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return;
  say('compiling ...');
  run(process.execPath, [fileURLToPath(new URL('node_modules/typescript/bin/tsc', root)), '-p', 'tsconfig.json'], {
    remedy: 'The lines above name the file. Without changes of your own: `git status` shows what differs from the release.',
  });
  removeOrphans();
  writeFileSync(stamp, fingerprint);
}

/** Path, time and size of every source: moving, removing or touching one changes it. */
function fingerprintSources() {
  const hash = createHash('sha256');
  const files = sources.flatMap((folder) => list(folder).filter((path) => path.endsWith('.ts')));
  for (const path of [...files.sort(), 'tsconfig.json', 'package-lock.json']) {
    const { mtimeMs, size } = statSync(new URL(path, root));
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

/** A source that was removed must not live on as its compiled self: a test would still run. */
function removeOrphans() {
  for (const path of sources.flatMap((folder) => list(`dist/${folder}`))) {
    const source = path.slice('dist/'.length).replace(/\.js(\.map)?$/, '');
    const isCompiled = /\.js(\.map)?$/.test(path);
    if (isCompiled && !existsSync(new URL(`${source}.ts`, root))) rmSync(new URL(path, root));
  }
}

function list(folder) {
  const there = new URL(`${folder}/`, root);
  if (!existsSync(there)) return [];
  return readdirSync(there, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? list(path) : [path];
  });
}
