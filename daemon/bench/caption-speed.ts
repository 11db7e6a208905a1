/**
 * Processor time a window takes, stage by stage, as JSON on stdout.
 *
 *     node dist/daemon/bench/caption-speed.js [--model DIR] [--threads N] [--windows N]
 *
 * Windows slide by one segment over synthetic sound, as they do in the daemon, so that each pays for one segment.
 */
import { cpus } from 'node:os';

import { Command } from 'commander';

import { loadBundle } from '../bundle/load-bundle.js';
import { openGraphs } from '../bundle/open-graphs.js';
import { searchSettings } from '../captioner/caption-window.js';
import { createLogMel, historySamples, segmentSamples } from '../encode/log-mel.js';
import { createWindowEncoder } from '../encode/window-encoder.js';
import { createWindowSlider } from '../window/slide-windows.js';
import { searchBeams } from '../words/beam-search.js';
import { createDecoder } from '../words/decoder.js';
import { createMemory } from '../words/memory.js';
import { createStageClock } from './stage-clock.js';
import { syntheticSound } from './synthetic-sound.js';

const options = new Command()
  .option('--model <dir>', 'bundle to measure', 'models/default')
  .option('--threads <n>', 'threads within one operator', Number, 1)
  .option('--windows <n>', 'windows to measure, after some to warm up', Number, 60)
  .parse()
  .opts<{ model: string; threads: number; windows: number }>();

const clock = createStageClock();
const startedAt = performance.now();
const bundle = await loadBundle(options.model);
const graphs = await openGraphs(bundle, options);
const openMs = performance.now() - startedAt;

const { manifest, mel, window: analysisWindow } = bundle;
const { audio, segment } = manifest;
const hopSamples = segmentSamples(audio, segment);
const windowSamples = segment.per_window * hopSamples;
const logMel = createLogMel({ audio, segment, mel, window: analysisWindow });
const memory = createMemory(graphs.memory, manifest);
const step = createDecoder(graphs.decoder, manifest, memory.cross);
const settings = searchSettings(manifest);

// Log-mel and encoder run inside one another; the encoder's share is what is left of the whole.
let logMelMs = 0;
const timedLogMel = (samples: Float32Array) => {
  const before = process.cpuUsage();
  const result = logMel(samples);
  const { user, system } = process.cpuUsage(before);
  logMelMs += (user + system) / 1000;
  return result;
};
const encode = createWindowEncoder(graphs.encoder, { manifest, logMel: timedLogMel, sources: 1 });

const warmUp = 2 * segment.per_window;
const slider = createWindowSlider({ windowSamples, hopSamples, historySamples: historySamples(audio, segment) });
const sound = syntheticSound((options.windows + warmUp + segment.per_window - 1) * hopSamples, audio.sample_rate);
let begunAt = performance.now();
let windows = 0;
for (let at = 0; at < sound.length; at += hopSamples) {
  for (const window of slider.push(sound.subarray(at, at + hopSamples))) {
    if (windows === warmUp) {
      clock.reset();
      logMelMs = 0;
      begunAt = performance.now();
    }
    windows += 1;
    const embeddings = await clock.measure('encode', () => encode(window));
    await clock.measure('memory', () => memory.remember(embeddings));
    const timedStep: typeof step = (...args) => clock.measure('decoder_step', () => step(...args));
    await clock.measure('words', () => searchBeams(settings, timedStep));
  }
}
const wallMs = performance.now() - begunAt;
await graphs.release();

const { encode: encoded, memory: remembered, decoder_step: steps, words } = clock.stages;
const perWindow = (ms = 0) => Number((ms / options.windows).toFixed(3));
const total = (encoded?.cpuMs ?? 0) + (remembered?.cpuMs ?? 0) + (words?.cpuMs ?? 0);
const report = {
  model: manifest.name,
  cpu: cpus()[0]?.model,
  node: process.version,
  threads: options.threads,
  windows: options.windows,
  window_seconds: windowSamples / audio.sample_rate,
  hop_seconds: hopSamples / audio.sample_rate,
  open_ms: Math.round(openMs),
  cpu_ms_per_window: {
    log_mel: perWindow(logMelMs),
    encoder: perWindow((encoded?.cpuMs ?? 0) - logMelMs),
    memory: perWindow(remembered?.cpuMs),
    decoder: perWindow(steps?.cpuMs),
    search: perWindow((words?.cpuMs ?? 0) - (steps?.cpuMs ?? 0)),
    total: perWindow(total),
  },
  decoder_steps_per_window: perWindow(steps?.runs),
  wall_ms_per_window: perWindow(wallMs),
  cpu_seconds_per_hour_of_sound: Number(((total / options.windows) * (3.6 / (hopSamples / audio.sample_rate))).toFixed(1)),
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
