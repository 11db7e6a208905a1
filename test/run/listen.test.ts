import test from 'ava';
import type { Caption, Captioner } from '../../daemon/captioner/captioner.js';
import type { CaptionEvent } from '../../daemon/event/caption-event.js';
import { createTimeline } from '../../daemon/event/timeline.js';
import { createGate } from '../../daemon/gate/gate.js';
import { createLog } from '../../daemon/log/create-log.js';
import { listen } from '../../daemon/run/listen.js';
import { createWording } from '../../daemon/run/put-into-words.js';
import { createProgress } from '../../daemon/run/progress.js';
import { createTally } from '../../daemon/run/tally.js';
import type { AudioSource } from '../../daemon/source/audio-source.js';
import type { AudioWindow } from '../../daemon/window/audio-window.js';
import { createWindowSlider } from '../../daemon/window/slide-windows.js';

/** 10 samples a second, windows of 4, hops of 2. */
const sampleRate = 10;
const loud = (samples: number): Float32Array => Float32Array.from({ length: samples }, (_, i) => (i % 2 === 0 ? 0.5 : -0.5));

/** A captioner whose answers the test gives one by one; each window's text is its index. */
function slowCaptioner() {
  const waiting: { window: AudioWindow; settle: (error?: Error) => void }[] = [];
  let onAsked = (): void => undefined;
  const captioner: Captioner = {
    caption: (window) =>
      new Promise<Caption>((resolve, reject) => {
        const settle = (error?: Error): void => (error === undefined ? resolve({ text: `Window ${window.index}`, confidence: 0.5, tokens: [] }) : reject(error));
        waiting.push({ window, settle });
        onAsked();
      }),
    close: () => Promise.resolve(),
  };
  const next = async (): Promise<{ window: AudioWindow; settle: (error?: Error) => void }> => {
    while (waiting.length === 0) await new Promise<void>((resolve) => (onAsked = resolve));
    return waiting.shift()!;
  };
  return { captioner, next, waiting };
}

const instantCaptioner: Captioner = {
  caption: ({ index }) => Promise.resolve({ text: `Window ${index}`, confidence: 0.5, tokens: [] }),
  close: () => Promise.resolve(),
};

/** A source that hands out what the test pushes. */
function pushedSource(isLive: boolean) {
  const chunks: Float32Array[] = [];
  let isOver = false;
  let pulled = 0;
  let wake = (): void => undefined;
  const source: AudioSource = {
    name: 'kitchen',
    kind: isLive ? 'microphone' : 'file',
    isLive,
    async *stream(signal) {
      signal.addEventListener('abort', () => wake());
      while (!signal.aborted) {
        const chunk = chunks.shift();
        if (chunk !== undefined) {
          pulled += 1;
          yield chunk;
        } else if (isOver) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
  return {
    source,
    pulled: () => pulled,
    push(chunk: Float32Array) {
      chunks.push(chunk);
      wake();
    },
    end() {
      isOver = true;
      wake();
    },
  };
}

function setUp(source: AudioSource, captioner: Captioner) {
  const events: CaptionEvent[] = [];
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) } });
  const clock = { now: () => 0, elapsed: () => 0 };
  const tally = createTally();
  const progress = createProgress();
  let ids = 0;
  const wording = createWording({ captioner, source: source.name, model: 'test', nextId: () => String((ids += 1)), onEvent: (event) => events.push(event), tally, progress, clock, log });
  const slider = createWindowSlider({ windowSamples: 4, hopSamples: 2, historySamples: 3 });
  const timeline = createTimeline({ sampleRate, isLive: false }, clock);
  const stop = new AbortController();
  const gate = createGate({ thresholdDbfs: -60 });
  const parts = { source, slider, gate, timeline, wording, tally, progress, clock };
  return { events, lines, tally, progress, stop, parts, done: (): Promise<void> => listen(parts, stop.signal) };
}

/** Lets everything that can go on go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('every window of a file becomes an event, in order, with its times', async (t) => {
  const { source, push, end } = pushedSource(false);
  const { events, done, tally } = setUp(source, instantCaptioner);
  push(loud(4));
  push(loud(5));
  end();
  await done();
  t.deepEqual(events.map(({ caption }) => caption), ['Window 0', 'Window 1', 'Window 2', 'Window 3']);
  t.like(events[1], { id: '2', source: 'kitchen', model: 'test', start: '1970-01-01T00:00:00.200Z', end: '1970-01-01T00:00:00.600Z', level_dbfs: -6 });
  t.like(events[3], { start: '1970-01-01T00:00:00.600Z', end: '1970-01-01T00:00:00.900Z' });
  t.like(tally.read(), { windowsCaptioned: 4, windowsSkipped: 0, windowsGated: 0 });
});

test('a file waits for the captioner', async (t) => {
  const { source, push, end, pulled } = pushedSource(false);
  const { captioner, next } = slowCaptioner();
  const { events, done } = setUp(source, captioner);
  const finished = done();
  push(loud(4));
  push(loud(2));
  push(loud(2));
  end();
  const first = await next();
  await settle();
  t.is(pulled(), 1);
  first.settle();
  (await next()).settle();
  (await next()).settle();
  await finished;
  t.is(events.length, 3);
});

test('a live source never waits: the newest window wins, and those it pushes out are counted', async (t) => {
  const { source, push, end, pulled } = pushedSource(true);
  const { captioner, next, waiting } = slowCaptioner();
  const { events, done, tally } = setUp(source, captioner);
  const finished = done();
  push(loud(4));
  const first = await next();
  for (let i = 0; i < 5; i += 1) push(loud(2));
  while (pulled() < 6) await settle();
  t.is(waiting.length, 0, 'one window at a time');
  t.is(tally.read().windowsSkipped, 4);
  first.settle();
  const second = await next();
  t.is(second.window.index, 5, 'the newest');
  second.settle();
  end();
  await finished;
  t.deepEqual(events.map(({ caption }) => caption), ['Window 0', 'Window 5']);
  t.like(tally.read(), { windowsCaptioned: 2, windowsSkipped: 4 });
});

test('what a live source said last is put into words before the end', async (t) => {
  const { source, push, end } = pushedSource(true);
  const { captioner, next } = slowCaptioner();
  const { events, done } = setUp(source, captioner);
  const finished = done();
  push(loud(4));
  const first = await next();
  push(loud(2));
  end();
  await settle();
  first.settle();
  (await next()).settle();
  await finished;
  t.is(events.length, 2);
});

test('when asked to stop, the window at hand is finished and the one that waits is dropped', async (t) => {
  const { source, push } = pushedSource(true);
  const { captioner, next, waiting } = slowCaptioner();
  const { events, done, stop, tally } = setUp(source, captioner);
  const finished = done();
  push(loud(4));
  const first = await next();
  push(loud(2));
  await settle();
  stop.abort();
  first.settle();
  await finished;
  t.is(events.length, 1);
  t.is(waiting.length, 0);
  t.is(tally.read().windowsSkipped, 1);
});

test('silence costs no caption and is counted', async (t) => {
  const { source, push, end } = pushedSource(false);
  const { events, done, tally } = setUp(source, instantCaptioner);
  push(new Float32Array(8));
  push(loud(4));
  end();
  await done();
  t.deepEqual(events.map(({ caption }) => caption), ['Window 3', 'Window 4']);
  t.is(tally.read().windowsGated, 3);
});

test('a captioner that fails is told once, its windows are lost, and its return is told once', async (t) => {
  const { source, push, end } = pushedSource(false);
  const { captioner, next } = slowCaptioner();
  const { events, done, lines, tally } = setUp(source, captioner);
  const finished = done();
  push(loud(10));
  end();
  (await next()).settle(new Error('first'));
  (await next()).settle(new Error('second'));
  (await next()).settle();
  (await next()).settle();
  await finished;
  t.is(events.length, 2);
  t.is(tally.read().windowsFailed, 2);
  t.deepEqual(lines.map(({ level, msg }) => [level, msg]), [['warn', 'captioning fails'], ['info', 'captioning works again']]);
});

test('what the source throws comes out after the window at hand is done', async (t) => {
  const { captioner, next } = slowCaptioner();
  const source: AudioSource = {
    name: 'kitchen',
    kind: 'microphone',
    isLive: true,
    async *stream() {
      yield loud(4);
      throw new Error('unplugged');
    },
  };
  const { events, done } = setUp(source, captioner);
  const finished = done();
  (await next()).settle();
  await t.throwsAsync(finished, { message: 'unplugged' });
  t.is(events.length, 1);
});

test('the first sound is told once', async (t) => {
  const { source, push, end } = pushedSource(true);
  const { parts, stop } = setUp(source, instantCaptioner);
  let sounds = 0;
  push(loud(1));
  push(loud(1));
  end();
  await listen({ ...parts, onSound: () => (sounds += 1) }, stop.signal);
  t.is(sounds, 1);
});

test('windows that are put into words or too quiet are progress; those left out or failed are not', async (t) => {
  const { source, push, end } = pushedSource(true);
  const { captioner, next } = slowCaptioner();
  const { done, progress } = setUp(source, captioner);
  const finished = done();
  push(loud(4));
  const first = await next();
  t.deepEqual(progress.takeProgress(), { audio: true, inference: false });
  for (let i = 0; i < 3; i += 1) push(loud(2));
  await settle();
  t.deepEqual(progress.takeProgress(), { audio: true, inference: false }, 'windows were left out');
  first.settle(new Error('broken'));
  const last = await next();
  t.false(progress.takeProgress().inference, 'a window failed');
  last.settle();
  await settle();
  t.true(progress.takeProgress().inference);
  push(new Float32Array(6));
  end();
  await settle();
  (await next()).settle();
  await finished;
  t.true(progress.takeProgress().inference);
});

test('a window that the model has no words for is counted and not published', async (t) => {
  const { source, push, end } = pushedSource(false);
  const wordless: Captioner = { caption: () => Promise.resolve({ text: ' ', confidence: 1, tokens: [] }), close: () => Promise.resolve() };
  const { events, done, tally, progress } = setUp(source, wordless);
  push(loud(4));
  end();
  await done();
  t.deepEqual(events, []);
  t.like(tally.read(), { windowsCaptioned: 0, windowsWordless: 1, windowsFailed: 0 });
  t.true(progress.takeProgress().inference);
});
