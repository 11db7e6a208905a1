import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { fileIdFloor } from '../../daemon/event/id-floor.js';

async function folderFor(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'earshot-ids-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

function floorIn(folder: string) {
  const problems: unknown[] = [];
  return { floor: fileIdFloor(path.join(folder, 'last-id'), (problem) => problems.push(problem)), problems };
}

test('a reserved time is read by the next start', async (t) => {
  const folder = await folderFor(t);
  floorIn(folder).floor.reserve(1_763_877_600_000);
  const { floor, problems } = floorIn(folder);
  t.is(floor.read(), 1_763_877_600_000);
  t.deepEqual(problems, []);
});

test('the first start finds no file and says nothing', async (t) => {
  const { floor, problems } = floorIn(await folderFor(t));
  t.is(floor.read(), 0);
  t.deepEqual(problems, []);
});

for (const content of ['', 'soon', '-5', '99999999999999999999', '1e308', '12.5', '\0\0\0\0']) {
  test(`a file that holds ${JSON.stringify(content)} is told and does no harm`, async (t) => {
    const folder = await folderFor(t);
    await writeFile(path.join(folder, 'last-id'), content);
    const { floor, problems } = floorIn(folder);
    t.is(floor.read(), 0);
    t.is(problems.length, 1);
    floor.reserve(7);
    t.is(await readFile(path.join(folder, 'last-id'), 'utf8'), '7');
  });
}

test('a folder that is not there yet is made, for this user alone', async (t) => {
  const folder = path.join(await folderFor(t), 'state', 'earshot');
  const { floor, problems } = floorIn(folder);
  floor.reserve(7);
  t.is(floor.read(), 7);
  t.is((await stat(folder)).mode & 0o777, 0o700);
  t.deepEqual(problems, []);
});

test('a folder that cannot be written to is told once', async (t) => {
  const folder = await folderFor(t);
  await writeFile(path.join(folder, 'file'), '');
  const { floor, problems } = floorIn(path.join(folder, 'file'));
  floor.reserve(1);
  floor.reserve(2);
  t.is(problems.length, 1);
});

test('nobody else can read the file', async (t) => {
  const folder = await folderFor(t);
  floorIn(folder).floor.reserve(1);
  t.is((await stat(path.join(folder, 'last-id'))).mode & 0o077, 0);
});
