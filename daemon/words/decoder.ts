import { Tensor, type InferenceSession } from 'onnxruntime-node';

import { graphSignatures } from '../bundle/graph-signatures.js';
import type { Manifest } from '../bundle/manifest.js';
import type { DecoderStep } from './beam-search.js';
import { createKeyValueCache } from './key-value-cache.js';
import { float32Tensor } from '../bundle/float32-tensor.js';
import type { CrossAttention } from './memory.js';

/**
 * The decoder's step on ONNX Runtime. Caches, inputs and outputs are made once and written in place, so that a
 * step allocates nothing of size; position 0 begins a new caption.
 */
export function createDecoder(
  session: InferenceSession,
  manifest: Manifest,
  cross: CrossAttention,
): DecoderStep {
  const { layers, heads, head_size: headSize, cache_length: length } = manifest.decoder;
  const { inputs, outputs } = graphSignatures(manifest).decoder;
  const shape = { layers, beams: manifest.decoding.beam_size, heads, length, headSize };
  const keys = createKeyValueCache(shape);
  const values = createKeyValueCache(shape);
  const token = new Int32Array(shape.beams);
  const position = new Int32Array(1);
  const feeds = {
    token: new Tensor('int32', token, inputs.token.shape),
    position: new Tensor('int32', position, inputs.position.shape),
    self_keys: new Tensor('float32', keys.data, inputs.self_keys.shape),
    self_values: new Tensor('float32', values.data, inputs.self_values.shape),
    ...cross,
  };
  const logProbs = float32Tensor(outputs.log_probs.shape);
  const newKeys = float32Tensor(outputs.new_keys.shape);
  const newValues = float32Tensor(outputs.new_values.shape);
  const fetches = { log_probs: logProbs, new_keys: newKeys, new_values: newValues };

  return async (tokens, at, parents) => {
    for (const cache of [keys, values]) {
      if (at === 0) cache.clear();
      else cache.reorder(parents, at);
    }
    token.set(tokens);
    position[0] = at;
    await session.run(feeds, fetches);
    keys.write(newKeys.data, at);
    values.write(newValues.data, at);
    return logProbs.data;
  };
}
