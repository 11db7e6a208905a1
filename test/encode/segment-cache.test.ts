import test from 'ava';

import { createSegmentCache } from '../../daemon/encode/segment-cache.js';

const sound = (value: number) => Float32Array.of(value, 0, value);

test('The same sound is found, another is not', (t) => {
  const cache = createSegmentCache(2);
  cache.store(sound(1), Float32Array.of(10));
  t.deepEqual(cache.find(sound(1)), Float32Array.of(10));
  t.is(cache.find(Float32Array.of(1, 0, 1.0000001)), undefined);
  t.is(cache.find(Float32Array.of(1, 0)), undefined);
});

test('What is remembered is a copy, of a view too', (t) => {
  const cache = createSegmentCache(2);
  const samples = Float32Array.of(9, 1, 0, 1, 9);
  const embeddings = Float32Array.of(10);
  cache.store(samples.subarray(1, 4), embeddings);
  samples.fill(7);
  embeddings.fill(7);
  t.deepEqual(cache.find(sound(1)), Float32Array.of(10));
});

test('What was longest not asked for makes room', (t) => {
  const cache = createSegmentCache(2);
  cache.store(sound(1), Float32Array.of(10));
  cache.store(sound(2), Float32Array.of(20));
  cache.find(sound(1));
  cache.store(sound(3), Float32Array.of(30));
  t.deepEqual(cache.find(sound(1)), Float32Array.of(10));
  t.is(cache.find(sound(2)), undefined);
  t.deepEqual(cache.find(sound(3)), Float32Array.of(30));
});
