import type { InferenceSession, TypedTensor } from 'onnxruntime-node';

import { float32Tensor } from '../bundle/float32-tensor.js';
import { graphSignatures } from '../bundle/graph-signatures.js';
import type { Manifest } from '../bundle/manifest.js';
import type { AudioWindow } from '../window/audio-window.js';
import { segmentSamples, type LogMel } from './log-mel.js';
import { createSegmentCache } from './segment-cache.js';
import { planSegments } from './segment-plan.js';

export interface WindowEncoderOptions {
  readonly manifest: Manifest;
  readonly logMel: LogMel;
  /** How many sources take turns; each needs the segments of one window remembered. */
  readonly sources: number;
}

/** A window to embeddings, float32 [1, per_window * embeddings, embedding_size], overwritten by the next call. */
export type EncodeWindow = (window: AudioWindow) => Promise<TypedTensor<'float32'>>;

/**
 * The encoder graph on ONNX Runtime, segment by segment. What an earlier window has encoded is remembered, so
 * that a hop of whole segments pays for each second of sound once.
 */
export function createWindowEncoder(
  session: InferenceSession,
  { manifest, logMel, sources }: WindowEncoderOptions,
): EncodeWindow {
  const { encoder, memory } = graphSignatures(manifest);
  const input = float32Tensor(encoder.inputs.log_mel.shape);
  const output = float32Tensor(encoder.outputs.embeddings.shape);
  const windowEmbeddings = float32Tensor(memory.inputs.embeddings.shape);
  const samplesPerSegment = segmentSamples(manifest.audio, manifest.segment);
  const cache = createSegmentCache(manifest.segment.per_window * sources);

  const encode = async (samples: Float32Array): Promise<Float32Array> => {
    const known = cache.find(samples);
    if (known !== undefined) return known;
    input.data.set(logMel(samples));
    await session.run({ log_mel: input }, { embeddings: output });
    cache.store(samples, output.data);
    return output.data;
  };

  return async (window) => {
    for (const [index, { samples }] of planSegments(window, samplesPerSegment).entries()) {
      windowEmbeddings.data.set(await encode(samples), index * output.data.length);
    }
    return windowEmbeddings;
  };
}
