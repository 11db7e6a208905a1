import type { InferenceSession, TypedTensor } from 'onnxruntime-node';

import { graphSignatures } from '../bundle/graph-signatures.js';
import type { Manifest } from '../bundle/manifest.js';
import { float32Tensor } from '../bundle/float32-tensor.js';

/** What the decoder attends to: float32 [layers, 1, heads, per_window * embeddings, head_size] each. */
export interface CrossAttention {
  readonly cross_keys: TypedTensor<'float32'>;
  readonly cross_values: TypedTensor<'float32'>;
}

export interface Memory {
  /** Overwritten by `remember`. */
  readonly cross: CrossAttention;
  /** Takes the embeddings of a window, float32 [per_window * embeddings, embedding_size]. */
  remember(embeddings: TypedTensor<'float32'>): Promise<void>;
}

/** The memory graph on ONNX Runtime; its outputs are made once and written in place. */
export function createMemory(session: InferenceSession, manifest: Manifest): Memory {
  const { outputs } = graphSignatures(manifest).memory;
  const cross = {
    cross_keys: float32Tensor(outputs.cross_keys.shape),
    cross_values: float32Tensor(outputs.cross_values.shape),
  };
  return {
    cross,
    async remember(embeddings) {
      await session.run({ embeddings }, cross);
    },
  };
}
