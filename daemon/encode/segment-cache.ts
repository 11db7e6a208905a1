/** Embeddings of the segments heard last, found by what was heard. */
export interface SegmentCache {
  /** The embeddings of exactly these samples, if they are remembered. */
  find(samples: Float32Array): Float32Array | undefined;
  /** Remembers a copy of both, in place of what was longest not asked for. */
  store(samples: Float32Array, embeddings: Float32Array): void;
}

/**
 * A cache of `capacity` segments; its memory is fixed. Segments are compared sample by sample rather than by
 * their position, so that windows of several sources, or of one file after another, can never meet each
 * other's embeddings.
 */
export function createSegmentCache(capacity: number): SegmentCache {
  /** Most recently used first. */
  const entries: { samples: Float32Array; embeddings: Float32Array }[] = [];

  return {
    find(samples) {
      const index = entries.findIndex((entry) => areEqual(entry.samples, samples));
      const [entry] = index === -1 ? [] : entries.splice(index, 1);
      if (entry !== undefined) entries.unshift(entry);
      return entry?.embeddings;
    },
    store(samples, embeddings) {
      const oldest = entries.length < capacity ? undefined : entries.pop();
      entries.unshift({
        samples: copyInto(oldest?.samples, samples),
        embeddings: copyInto(oldest?.embeddings, embeddings),
      });
    },
  };
}

function copyInto(target: Float32Array | undefined, source: Float32Array): Float32Array {
  if (target?.length !== source.length) return source.slice();
  target.set(source);
  return target;
}

/** Bit for bit, at the speed of memcmp. */
function areEqual(a: Float32Array, b: Float32Array): boolean {
  return asBytes(a).equals(asBytes(b));
}

function asBytes(floats: Float32Array): Buffer {
  return Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);
}
