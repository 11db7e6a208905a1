/** Reads exact numbers of bytes from chunks of any size; gives fewer at the end of the bytes only. */
export interface ByteReader {
  /** The next `length` bytes, which stay to be read. */
  peek(length: number): Promise<Uint8Array>;
  read(length: number): Promise<Uint8Array>;
  /** Passes over `length` bytes without keeping them. */
  skip(length: number): Promise<void>;
  /** What is left, in chunks of any size, at most `limit` bytes. */
  rest(limit?: number): AsyncGenerator<Uint8Array, void>;
}

export function createByteReader(bytes: AsyncIterable<Uint8Array>): ByteReader {
  const chunks = bytes[Symbol.asyncIterator]();
  let waiting: Uint8Array = new Uint8Array(0);

  const pullUntil = async (length: number): Promise<void> => {
    while (waiting.length < length) {
      const next = await chunks.next();
      if (next.done === true) return;
      waiting = waiting.length === 0 ? next.value : Buffer.concat([waiting, next.value]);
    }
  };
  const take = (length: number): Uint8Array => {
    const taken = waiting.subarray(0, length);
    waiting = waiting.subarray(length);
    return taken;
  };

  async function* rest(limit = Infinity): AsyncGenerator<Uint8Array, void> {
    for (let left = limit; left > 0; ) {
      await pullUntil(1);
      const chunk = take(left);
      if (chunk.length === 0) return;
      left -= chunk.length;
      yield chunk;
    }
  }

  return {
    async peek(length) {
      await pullUntil(length);
      return waiting.subarray(0, length);
    },
    async read(length) {
      await pullUntil(length);
      return take(length);
    },
    async skip(length) {
      for await (const _ of rest(length));
    },
    rest,
  };
}
