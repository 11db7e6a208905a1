/**
 * The log-mel of a sound file as the daemon computes it, for comparison with another implementation.
 *
 *     node dist/daemon/bench/dump-log-mel.js FILE [--model DIR] > log-mel.f32
 *
 * Writes float32 little-endian [segments, mel_bins, context_frames + frames], the last segment padded with silence.
 */
import { once } from 'node:events';

import { Command } from 'commander';

import { loadBundle } from '../bundle/load-bundle.js';
import { createLogMel, historySamples, segmentSamples } from '../encode/log-mel.js';
import { decodeFile } from '../source/decode/decode-file.js';
import { createWindowSlider } from '../window/slide-windows.js';

const command = new Command()
  .argument('<file>', 'wav, flac, ogg, opus or mp3')
  .option('--model <dir>', 'bundle whose front end is used', 'models/default')
  .parse();
const { model } = command.opts<{ model: string }>();

const { manifest, mel, window: analysisWindow } = await loadBundle(model);
const { audio, segment } = manifest;
const logMel = createLogMel({ audio, segment, mel, window: analysisWindow });
const samples = segmentSamples(audio, segment);
const slider = createWindowSlider({ windowSamples: samples, hopSamples: samples, historySamples: historySamples(audio, segment) });

for await (const chunk of decodeFile(command.args[0] ?? '', audio.sample_rate)) await write(slider.push(chunk));
await write(slider.flush());

async function write(segments: readonly { readonly samples: Float32Array }[]): Promise<void> {
  for (const { samples: heard } of segments) {
    const { buffer, byteOffset, byteLength } = logMel(heard);
    if (!process.stdout.write(new Uint8Array(buffer, byteOffset, byteLength))) await once(process.stdout, 'drain');
  }
}
