import test from 'ava';
import fc from 'fast-check';

import { createKeyValueCache } from '../../daemon/words/key-value-cache.js';

const shape = { layers: 2, beams: 3, heads: 2, length: 5, headSize: 3 };

/** One row for each layer, beam and head, every number telling where it comes from. */
function rowOf(step: number): Float32Array {
  const { layers, beams, heads, headSize } = shape;
  return Float32Array.from({ length: layers * beams * heads * headSize }, (_, index) => step * 1000 + index);
}

function at(data: Float32Array, layer: number, beam: number, head: number, row: number): number[] {
  const { beams, heads, length, headSize } = shape;
  const from = (((layer * beams + beam) * heads + head) * length + row) * headSize;
  return [...data.subarray(from, from + headSize)];
}

test('Rows come to stand where they are written, layer by layer, beam by beam, head by head', (t) => {
  const cache = createKeyValueCache(shape);
  cache.write(rowOf(1), 0);
  cache.write(rowOf(2), 1);
  t.deepEqual(at(cache.data, 0, 0, 0, 0), [1000, 1001, 1002]);
  t.deepEqual(at(cache.data, 0, 0, 1, 0), [1003, 1004, 1005]);
  t.deepEqual(at(cache.data, 0, 1, 0, 1), [2006, 2007, 2008]);
  t.deepEqual(at(cache.data, 1, 2, 1, 1), [2033, 2034, 2035]);
  t.deepEqual(at(cache.data, 1, 2, 1, 2), [0, 0, 0]);
});

test('After any changes of places each beam remembers what its ancestors were told', (t) => {
  const parentLists = fc.array(fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(parentLists, (generations) => {
      const cache = createKeyValueCache(shape);
      let ancestry = [[], [], []] as number[][];
      cache.write(rowOf(0), 0);
      ancestry = ancestry.map((rows, beam) => [...rows, beam]);
      for (const [index, parents] of generations.entries()) {
        cache.reorder(Int32Array.from(parents), index + 1);
        cache.write(rowOf(index + 1), index + 1);
        ancestry = parents.map((parent, beam) => [...(ancestry[parent] ?? []), beam]);
      }
      for (const [beam, rows] of ancestry.entries()) {
        for (const [row, source] of rows.entries()) {
          for (const [layer, head] of [[0, 0], [0, 1], [1, 0], [1, 1]] as const) {
            const first = row * 1000 + ((layer * 3 + source) * 2 + head) * 3;
            t.deepEqual(at(cache.data, layer, beam, head, row), [first, first + 1, first + 2]);
          }
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('A cleared cache remembers nothing, not even a NaN', (t) => {
  const cache = createKeyValueCache(shape);
  cache.write(rowOf(1).fill(NaN), 3);
  cache.clear();
  t.true(cache.data.every((value) => value === 0));
});
