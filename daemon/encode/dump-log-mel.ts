import { pathToFileURL } from 'node:url';

import { loadBundle } from '../bundle/load-bundle.js';
import { decodeFile } from '../source/decode/decode-file.js';
import { createWindowSlider } from '../window/slide-windows.js';
import { createLogMel, historySamples, segmentSamples } from './log-mel.js';

/**
 * The log-mel of a sound file as the daemon computes it, segment after segment from its beginning, the last padded
 * with silence: each float32 [mel_bins, context_frames + frames]. For comparison with the trainer's.
 * Throws `BundleError` and `SourceError`.
 */
export async function* dumpLogMel(bundleDirectory: string, file: string): AsyncGenerator<Float32Array, void> {
  const { manifest: { audio, segment }, mel, window } = await loadBundle(bundleDirectory);
  const logMel = createLogMel({ audio, segment, mel, window });
  const samplesPerSegment = segmentSamples(audio, segment);
  const slider = createWindowSlider({
    windowSamples: samplesPerSegment, hopSamples: samplesPerSegment, historySamples: historySamples(audio, segment),
  });
  for await (const samples of decodeFile(file, audio.sample_rate)) {
    for (const { samples: heard } of slider.push(samples)) yield logMel(heard);
  }
  for (const { samples: heard } of slider.flush()) yield logMel(heard);
}

/** `node dist/daemon/encode/dump-log-mel.js BUNDLE FILE > log-mel.f32`: the same, little-endian, to standard output. */
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [bundleDirectory = '', file = ''] = process.argv.slice(2);
  for await (const features of dumpLogMel(bundleDirectory, file)) process.stdout.write(Buffer.from(features.buffer));
}
