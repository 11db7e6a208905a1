/** What self-attention remembers of every beam: float32 [layers, beams, heads, length, headSize], row-major. */
export interface CacheShape {
  readonly layers: number;
  readonly beams: number;
  readonly heads: number;
  readonly length: number;
  readonly headSize: number;
}

/** One cache (of keys, or of values), written and reordered in place for as long as the decoder lives. */
export interface KeyValueCache {
  readonly data: Float32Array;
  /** Forgets everything, so that nothing of one caption (a NaN, say) can reach the next. */
  clear(): void;
  /** Writes `row`, float32 [layers, beams, heads, 1, headSize], at `position`. */
  write(row: Float32Array, position: number): void;
  /** Gives beam b what beam `parents[b]` remembered, in rows 0 to `length` - 1. */
  reorder(parents: Int32Array, length: number): void;
}

export function createKeyValueCache({ layers, beams, heads, length, headSize }: CacheShape): KeyValueCache {
  const headStride = length * headSize;
  const beamStride = heads * headStride;
  const data = new Float32Array(layers * beams * beamStride);
  const layerBefore = new Float32Array(beams * beamStride);

  return {
    data,
    clear() {
      data.fill(0);
    },
    write(row, position) {
      for (let head = 0; head < layers * beams * heads; head += 1) {
        const from = head * headSize;
        data.set(row.subarray(from, from + headSize), head * headStride + position * headSize);
      }
    },
    reorder(parents, rows) {
      if (parents.every((parent, beam) => parent === beam)) return;
      for (let layer = 0; layer < layers; layer += 1) {
        const base = layer * beams * beamStride;
        layerBefore.set(data.subarray(base, base + layerBefore.length));
        for (let beam = 0; beam < beams; beam += 1) {
          const parent = parents[beam] ?? beam;
          if (parent === beam) continue;
          for (let head = 0; head < heads; head += 1) {
            const from = parent * beamStride + head * headStride;
            const kept = layerBefore.subarray(from, from + rows * headSize);
            data.set(kept, base + beam * beamStride + head * headStride);
          }
        }
      }
    },
  };
}
