import { loadBundle } from '../../daemon/bundle/load-bundle.js';
import { superviseCaptioner } from '../../daemon/captioner/supervise-captioner.js';
import type { CaptionEvent } from '../../daemon/event/caption-event.js';
import { createGate } from '../../daemon/gate/gate.js';
import { createLog } from '../../daemon/log/create-log.js';
import { listen } from '../../daemon/run/listen.js';
import { createProgress } from '../../daemon/run/progress.js';
import { createWording } from '../../daemon/run/put-into-words.js';
import { createCaptionerReport } from '../../daemon/run/report-captioner.js';
import { createTally } from '../../daemon/run/tally.js';
import { hopChoices, windowOptions } from '../../daemon/run/window-options.js';
import type { AudioSource } from '../../daemon/source/audio-source.js';
import { systemClock as clock } from '../../daemon/time/clock.js';
import { createWindowSlider } from '../../daemon/window/slide-windows.js';
import { tinyBundle } from '../helpers/tiny-bundle.js';
import test from 'ava';

const bundle = loadBundle(tinyBundle);

/** The whole way of live sound through a real model in a real child, chunk after chunk until it is told to stop. */
async function run(requestTimeoutMs: number) {
  const loaded = await bundle;
  const [hopSeconds] = hopChoices(loaded.manifest, { hopSeconds: 0.05 });
  const windows = windowOptions(loaded.manifest, { hopSeconds });
  const lines: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push((JSON.parse(line) as { msg: string }).msg) } });
  const report = createCaptionerReport(log);
  let pid: number | undefined;
  const captioner = await superviseCaptioner(loaded, {
    threads: 1,
    requestTimeoutMs,
    onState(state) {
      pid = state.state === 'ready' ? state.pid : undefined;
      report.changed(state);
    },
  });
  const stop = new AbortController();
  let opened = 0;
  let chunks = 0;
  const source: AudioSource = {
    name: 'kitchen',
    kind: 'microphone',
    isLive: true,
    async *stream(signal) {
      opened += 1;
      while (!signal.aborted) {
        chunks += 1;
        yield Float32Array.from({ length: 400 }, (_, i) => 0.5 * Math.sin(i * 0.1 + chunks));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
  const events: CaptionEvent[] = [];
  const tally = createTally();
  const progress = createProgress();
  let onEvent: () => void = () => undefined;
  const wording = createWording({
    captioner, source: 'kitchen', model: 'tiny', nextId: () => '', tally, progress, clock, log,
    onEvent(event) {
      events.push(event);
      onEvent();
    },
  });
  const timeline = { place: () => ({ start: new Date(0).toISOString(), end: new Date(0).toISOString() }) };
  const done = listen({ source, slider: createWindowSlider(windows), gate: createGate({ thresholdDbfs: -60 }), timeline, wording, tally, progress, clock }, stop.signal);
  return {
    tally, report, lines, pid: () => pid ?? 0, opened: () => opened, chunks: () => chunks,
    captions: async (count: number) => {
      const wanted = events.length + count;
      while (events.length < wanted) await new Promise<void>((resolve) => (onEvent = resolve));
    },
    async close() {
      stop.abort();
      await captioner.close();
      await done;
    },
  };
}

const harms: readonly (readonly [what: string, signal: NodeJS.Signals, timeoutMs: number])[] = [
  ['crashes in native code', 'SIGSEGV', 20_000],
  ['is killed for want of memory', 'SIGKILL', 20_000],
  ['gives up', 'SIGABRT', 20_000],
  ['hangs', 'SIGSTOP', 1000],
];

for (const [what, signal, timeoutMs] of harms) {
  test(`a model that ${what} costs the windows of a moment: capture goes on, and captions come back`, async (t) => {
    const { tally, report, lines, pid, opened, chunks, captions, close } = await run(timeoutMs);
    await captions(3);
    const before = chunks();
    const lostAt = clock.elapsed();
    process.kill(pid(), signal);
    // One may have been on its way.
    await captions(2);
    const backAfter = clock.elapsed() - lostAt;
    const { windowsFailed, windowsSkipped } = tally.read();
    await close();
    t.log(`captions again after ${Math.round(backAfter)} ms; ${windowsFailed} windows failed, ${windowsSkipped} skipped`);
    t.true(chunks() > before);
    t.is(opened(), 1, 'the microphone was not touched');
    // Where a window may take no longer than it takes a slow machine to start a child, more than one may be given up.
    t.true(windowsFailed <= (signal === 'SIGSTOP' ? 5 : 1), `${windowsFailed} failed`);
    t.deepEqual(report.read(), { captioner: 'ready', captionerRestarts: 1 });
    t.deepEqual(lines.filter((line) => line.startsWith('captioner')), ['captioner lost, starting another', 'captioner is back']);
  });
}
