import { readFile } from 'node:fs/promises';
import path from 'node:path';

import test from 'ava';

import { BundleError } from '../../daemon/bundle/bundle-error.js';
import { loadBundle } from '../../daemon/bundle/load-bundle.js';
import { openGraphs } from '../../daemon/bundle/open-graphs.js';
import { copyTinyBundle, editManifest, replaceFile, tinyBundle } from '../helpers/tiny-bundle.js';

test('The graphs of a sound bundle open and are let go', async (t) => {
  const graphs = await openGraphs(await loadBundle(tinyBundle), { threads: 1 });
  t.deepEqual(graphs.encoder.inputNames, ['log_mel']);
  await t.notThrowsAsync(graphs.release());
});

test('Graphs that are no ONNX, and graphs in the place of others, are told at once', async (t) => {
  const folder = await copyTinyBundle(t);
  const decoder = await readFile(path.join(folder, 'decoder.onnx'));
  await replaceFile(folder, 'encoder.onnx', Buffer.from('\u0089PNG and so on, for long enough to be read'));
  await replaceFile(folder, 'memory.onnx', decoder);
  const bundle = await loadBundle(folder);
  const error = await t.throwsAsync(openGraphs(bundle, { threads: 1 }), { instanceOf: BundleError });
  t.deepEqual(
    [...new Set(error.problems.map(({ code, file }) => `${code} ${file}`))],
    ['BUNDLE_GRAPH_UNREADABLE encoder.onnx', 'BUNDLE_GRAPH_MISMATCH memory.onnx'],
  );
  t.regex(error.message, /memory\.onnx, input embeddings: expected float32 \[1, 6, 4\], found none/);
  t.regex(error.message, /memory\.onnx, input token: expected none, found int32 \[3\]/);
});

test('Graphs of other shapes than the manifest promises are told tensor by tensor', async (t) => {
  const folder = await copyTinyBundle(t);
  await editManifest(folder, { 'decoding/beam_size': 4, 'segment/frames': 20 });
  const bundle = await loadBundle(folder);
  const error = await t.throwsAsync(openGraphs(bundle, { threads: 1 }), { instanceOf: BundleError });
  t.is(error.code, 'BUNDLE_GRAPH_MISMATCH');
  t.deepEqual(
    error.problems.map(({ file, field }) => `${file}, ${field}`),
    [
      'encoder.onnx, input log_mel',
      'decoder.onnx, input token',
      'decoder.onnx, input self_keys',
      'decoder.onnx, input self_values',
      'decoder.onnx, output log_probs',
      'decoder.onnx, output new_keys',
      'decoder.onnx, output new_values',
    ],
  );
  t.regex(error.message, /input log_mel: expected float32 \[1, 1, 8, 22\], found float32 \[1, 1, 8, 12\]/);
});
