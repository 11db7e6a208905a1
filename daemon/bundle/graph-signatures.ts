import type { Manifest } from './manifest.js';

export interface TensorSignature {
  readonly type: 'float32' | 'int32';
  readonly shape: readonly number[];
}

export interface GraphSignature {
  readonly inputs: Readonly<Record<string, TensorSignature>>;
  readonly outputs: Readonly<Record<string, TensorSignature>>;
}

/** Files of the three graphs, in the order in which sound passes through them. */
export const GRAPH_FILES = { encoder: 'encoder.onnx', memory: 'memory.onnx', decoder: 'decoder.onnx' } as const;
export type GraphName = keyof typeof GRAPH_FILES;

/** What each graph takes and gives: the table "ONNX signatures" of `docs/bundle.md`. */
export function graphSignatures({ audio, segment, decoder, decoding, tokens }: Manifest) {
  const { embeddings, embedding_size: E, context_frames, frames } = segment;
  const { layers: L, heads: H, head_size: D, cache_length: T } = decoder;
  const B = decoding.beam_size;
  const M = segment.per_window * embeddings;
  const cross = { cross_keys: float32(L, 1, H, M, D), cross_values: float32(L, 1, H, M, D) };
  return {
    encoder: {
      inputs: { log_mel: float32(1, 1, audio.mel_bins, context_frames + frames) },
      outputs: { embeddings: float32(1, embeddings, E) },
    },
    memory: { inputs: { embeddings: float32(1, M, E) }, outputs: cross },
    decoder: {
      inputs: {
        token: int32(B),
        position: int32(1),
        self_keys: float32(L, B, H, T, D),
        self_values: float32(L, B, H, T, D),
        ...cross,
      },
      outputs: {
        log_probs: float32(B, tokens.size),
        new_keys: float32(L, B, H, 1, D),
        new_values: float32(L, B, H, 1, D),
      },
    },
  } satisfies Record<GraphName, GraphSignature>;
}

function float32(...shape: number[]): TensorSignature {
  return { type: 'float32', shape };
}

function int32(...shape: number[]): TensorSignature {
  return { type: 'int32', shape };
}
