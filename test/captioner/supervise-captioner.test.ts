import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import test, { type ExecutionContext } from 'ava';

import { loadBundle } from '../../daemon/bundle/load-bundle.js';
import { CaptionerError } from '../../daemon/captioner/captioner-error.js';
import { findDeathWatch, type DeathWatch } from '../../daemon/captioner/end-with-parent.js';
import {
  superviseCaptioner,
  type CaptionerState,
  type SuperviseOptions,
} from '../../daemon/captioner/supervise-captioner.js';
import type { AudioWindow } from '../../daemon/window/audio-window.js';
import { createManualTimers } from '../helpers/manual-timers.js';
import { copyTinyBundle, editManifest, readExpected, tinyBundle, tinySound, tinyWindows } from '../helpers/tiny-bundle.js';

const unwellChild = new URL('./fixtures/unwell-child.js', import.meta.url);
const quick = { threads: 1, backOffMs: 1, maxBackOffMs: 1 };

function someWindow(): AudioWindow {
  const [window] = tinyWindows(tinySound(3));
  if (window === undefined) throw new Error('no window');
  return window;
}

/** Neither running nor waiting to be reaped. */
function isGone(pid: number | undefined): boolean {
  if (pid === undefined) throw new Error('there was no process');
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** A supervised captioner with its states, and a way to wait for the next of a kind. */
async function supervise(t: ExecutionContext, folder: string, options: Partial<SuperviseOptions> = {}) {
  const states: CaptionerState[] = [];
  const watchers = new Set<() => void>();
  const onState = (state: CaptionerState) => {
    states.push(state);
    for (const watcher of watchers) watcher();
  };
  const captioner = await superviseCaptioner(await loadBundle(folder), { ...quick, ...options, onState });
  t.teardown(() => captioner.close());
  const pids = () => states.flatMap((state) => (state.state === 'ready' && state.pid !== undefined ? [state.pid] : []));
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise<void>((resolve) => watchers.add(resolve));
  };
  return { captioner, states, pids, until };
}

/** A supervised child that does `harm` when it is asked for a caption. */
async function superviseUnwell(t: ExecutionContext, harm: string, options: Partial<SuperviseOptions> = {}) {
  const folder = await copyTinyBundle(t);
  await editManifest(folder, { description: harm });
  return supervise(t, folder, { script: unwellChild, ...options });
}

test('The child says what a captioner in this process says', async (t) => {
  const { captioner, states } = await supervise(t, tinyBundle);
  const { segments, windows } = await readExpected();
  for (const [index, window] of tinyWindows(tinySound(segments)).entries()) {
    t.deepEqual((await captioner.caption(window)).tokens, windows[index]?.tokens);
  }
  t.deepEqual(states.map(({ state }) => state), ['ready']);
});

test('A child that is killed between windows is replaced, and says the same', async (t) => {
  const { captioner, states, pids, until } = await supervise(t, tinyBundle);
  const before = await captioner.caption(someWindow());
  process.kill(pids()[0] ?? 0, 'SIGKILL');
  await until(() => states.length === 3);
  t.deepEqual(await captioner.caption(someWindow()), before);
  t.deepEqual(
    states.map(({ state, failures }) => `${state} ${failures}`),
    ['ready 0', 'restarting 1', 'ready 1', 'ready 0'],
    'it is well again when it has put a window into words',
  );
  t.not(pids()[0], pids()[1]);
});

const crashes: Record<string, RegExp> = {
  exit: /exited with code 3, saying: out of luck$/,
  segfault: /was ended by SIGSEGV/,
  'run out of memory': /was ended by SIG(ABRT|TRAP|ILL), saying: .*memory/,
};

for (const [harm, says] of Object.entries(crashes)) {
  test(`A window over which the child comes to ${harm} is rejected, and another child is ready`, async (t) => {
    const { captioner, states, until } = await superviseUnwell(t, harm);
    const error = await t.throwsAsync(captioner.caption(someWindow()), { instanceOf: CaptionerError });
    t.is(error.code, 'CAPTIONER_CRASHED');
    t.regex(error.message, says);
    await until(() => states.length === 3);
    t.like(states[1], { state: 'restarting', reason: { code: 'CAPTIONER_CRASHED' } });
    t.is(states[2]?.state, 'ready');
  });
}

for (const harm of ['hang', 'hang in native code', 'say nothing']) {
  test(`A child that comes to ${harm} over a window is killed in time, and another is ready`, async (t) => {
    const timers = createManualTimers();
    const { captioner, states, pids, until } = await superviseUnwell(t, harm, { timers, requestTimeoutMs: 1234 });
    const caption = captioner.caption(someWindow());
    await timers.fire(1234);
    const error = await t.throwsAsync(caption, { instanceOf: CaptionerError });
    t.is(error.code, 'CAPTIONER_TIMEOUT');
    t.regex(error.message, /a window took longer than 1234 ms/);
    await until(() => states.length === 2);
    t.like(states[1], { state: 'restarting', reason: { code: 'CAPTIONER_TIMEOUT' } });
    t.true(isGone(pids()[0]));
    await timers.fire(1);
    await until(() => states.length === 3);
    t.is(states[2]?.state, 'ready');
  });
}

test('A window that finds no child waits for one, within a bound', async (t) => {
  const timers = createManualTimers();
  const { captioner, states, pids, until } = await supervise(t, tinyBundle, { timers, requestTimeoutMs: 1234 });
  process.kill(pids()[0] ?? 0, 'SIGKILL');
  await until(() => states.length === 2);
  const impatient = captioner.caption(someWindow());
  await timers.fire(1234);
  const error = await t.throwsAsync(impatient, { instanceOf: CaptionerError });
  t.is(error.code, 'CAPTIONER_UNAVAILABLE');
  const patient = captioner.caption(someWindow());
  await timers.fire(1);
  t.true((await patient).tokens.length > 0);
});

test('Restarts wait longer and longer up to a bound, and begin anew once a window was captioned', async (t) => {
  const folder = await copyTinyBundle(t);
  const timers = createManualTimers();
  const backOff = { timers, backOffMs: 11, maxBackOffMs: 40 };
  const { captioner, states, pids, until } = await supervise(t, folder, backOff);
  const vocabulary = path.join(folder, 'vocabulary.json');
  const words = await readFile(vocabulary, 'utf8');
  await writeFile(vocabulary, words.replace('dog', 'cat'));
  process.kill(pids()[0] ?? 0, 'SIGKILL');
  for (const ms of [11, 22, 40]) await timers.fire(ms);
  await timers.asking(40);
  await writeFile(vocabulary, words);
  await timers.fire(40);
  await until(() => pids().length === 2);
  t.deepEqual(
    states.map((state) => (state.state === 'ready' ? state.state : state.reason.code)),
    ['ready', 'CAPTIONER_CRASHED', 'BUNDLE_FILE_ALTERED', 'ready'],
    'a reason is told once, however often it comes again',
  );
  await captioner.caption(someWindow());
  process.kill(pids()[1] ?? 0, 'SIGKILL');
  await timers.fire(11);
  await until(() => pids().length === 3);
  t.is(pids().length, 3);
});

test('A bundle that the first child refuses is refused with the reason', async (t) => {
  const folder = await copyTinyBundle(t);
  const bundle = await loadBundle(folder);
  await writeFile(path.join(folder, 'encoder.onnx'), 'short');
  const error = await t.throwsAsync(superviseCaptioner(bundle, quick), { instanceOf: CaptionerError });
  t.is(error.code, 'BUNDLE_FILE_ALTERED');
  t.regex(error.message, /encoder\.onnx: expected 1099 bytes, found 5/);
});

test('A first child that hangs while it opens the bundle is killed', async (t) => {
  const timers = createManualTimers();
  const folder = await copyTinyBundle(t);
  await editManifest(folder, { description: 'hang at the start' });
  const options = { ...quick, timers, script: unwellChild, startTimeoutMs: 777 };
  const starting = superviseCaptioner(await loadBundle(folder), options);
  await timers.fire(777);
  const error = await t.throwsAsync(starting, { instanceOf: CaptionerError });
  t.is(error.code, 'CAPTIONER_TIMEOUT');
});

test('Closing waits for the running window and leaves no process behind', async (t) => {
  const { captioner, pids } = await supervise(t, tinyBundle);
  const running = captioner.caption(someWindow());
  await new Promise(setImmediate);
  await captioner.close();
  t.true((await running).tokens.length > 0);
  t.true(isGone(pids()[0]));
  const error = await t.throwsAsync(captioner.caption(someWindow()), { instanceOf: CaptionerError });
  t.is(error.code, 'CAPTIONER_CLOSED');
});

test('Closing kills a child that hangs, within its grace', async (t) => {
  const timers = createManualTimers();
  const { captioner, pids } = await superviseUnwell(t, 'hang', { timers, closeGraceMs: 55 });
  const running = captioner.caption(someWindow());
  await new Promise(setImmediate);
  const closed = captioner.close();
  await timers.fire(55);
  await timers.fire(55);
  await closed;
  t.true(isGone(pids()[0]));
  const error = await t.throwsAsync(running, { instanceOf: CaptionerError });
  t.is(error.code, 'CAPTIONER_CRASHED');
});

test('Closing kills a child that does not go when it is dismissed', async (t) => {
  const timers = createManualTimers();
  const { captioner, pids } = await superviseUnwell(t, 'stay when dismissed', { timers, closeGraceMs: 55 });
  const closed = captioner.close();
  await timers.fire(55);
  await timers.fire(55);
  await closed;
  t.true(isGone(pids()[0]));
});

test('Closing while no child is there ends the attempts to start one', async (t) => {
  const timers = createManualTimers();
  const { captioner, states, pids, until } = await supervise(t, tinyBundle, { timers });
  process.kill(pids()[0] ?? 0, 'SIGKILL');
  await until(() => states.length === 2);
  const waiting = captioner.caption(someWindow());
  await new Promise(setImmediate);
  const closed = captioner.close();
  t.is((await t.throwsAsync(waiting, { instanceOf: CaptionerError })).code, 'CAPTIONER_CLOSED');
  await closed;
  t.is(states.length, 2);
});

test('The child goes on over the signals that are meant for the daemon', async (t) => {
  const { captioner, states, pids } = await supervise(t, tinyBundle);
  await captioner.caption(someWindow());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.kill(pids()[0] ?? 0, signal);
  t.true((await captioner.caption(someWindow())).tokens.length > 0);
  t.is(states.length, 1);
});

test('The child knows no secret of the environment', async (t) => {
  process.env['EARSHOT_TEST_PASSWORD'] = 'sesame';
  const { pids } = await supervise(t, tinyBundle);
  delete process.env['EARSHOT_TEST_PASSWORD'];
  const environment = readFileSync(`/proc/${pids()[0]}/environ`, 'utf8');
  t.true(environment.includes('PATH='));
  t.false(environment.includes('sesame'));
});

/** Nobody may be there to reap an orphan, so that a zombie is gone enough. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const ownWatch: DeathWatch = { prefix: [], isOwn: true };

/** A parent in a process of its own whose child is busy with `harm`, and the child's process id. */
async function parentOfBusyChild(t: ExecutionContext, harm: string, deathWatch: DeathWatch) {
  const folder = await copyTinyBundle(t);
  await editManifest(folder, { description: harm });
  const script = fileURLToPath(new URL('./fixtures/parent.js', import.meta.url));
  const parent = spawn(process.execPath, [script, folder, JSON.stringify(deathWatch)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  t.is((await lines.next()).value, 'busy');
  return { parent, pid };
}

for (const how of ['by the kernel', 'by a thread of its own']) {
  for (const harm of ['hang', 'hang in native code', 'say nothing']) {
    test(`A child that comes to ${harm} ends when its parent is killed, seen ${how}`, async (t) => {
      const watch = how === 'by the kernel' ? await findDeathWatch() : ownWatch;
      t.is(watch.isOwn, how !== 'by the kernel', 'setpriv of util-linux is missing');
      const { parent, pid } = await parentOfBusyChild(t, harm, watch);
      t.true(isRunning(pid));
      parent.kill('SIGKILL');
      await once(parent, 'close');
      while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
      t.pass();
    });
  }
}

test('Where setpriv is not there, or may not do what it should, the child watches by itself', async (t) => {
  for (const program of ['no-such-program', 'false']) t.deepEqual(await findDeathWatch(program), ownWatch);
});

test('A child that watches by itself says what any other says', async (t) => {
  const { captioner } = await supervise(t, tinyBundle, { deathWatch: ownWatch });
  t.true((await captioner.caption(someWindow())).tokens.length > 0);
});

test('A system that has no descriptor left for a child costs no more than that child', async (t) => {
  const script = fileURLToPath(new URL('./fixtures/exhausted-parent.js', import.meta.url));
  const parent = spawn(process.execPath, [script, tinyBundle], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code]] = (await Promise.all([text(parent.stdout), once(parent, 'exit')])) as [string, [number | null]];
  t.is(code, 0);
  t.deepEqual(said.trim().split('\n'), ['ready', 'restarting CAPTIONER_CRASHED', 'no descriptor left', 'descriptors again', 'ready', 'ready', 'captioned']);
});
