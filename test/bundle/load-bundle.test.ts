import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';

import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';

import { BundleError } from '../../daemon/bundle/bundle-error.js';
import { loadBundle } from '../../daemon/bundle/load-bundle.js';
import { REQUIRED_FILES } from '../../daemon/bundle/manifest.js';
import { copyTinyBundle, editManifest, replaceFile, tinyBundle } from '../helpers/tiny-bundle.js';

async function refusal(t: ExecutionContext, folder: string): Promise<BundleError> {
  const error = await t.throwsAsync(loadBundle(folder), { instanceOf: BundleError });
  t.true(error.message.includes(folder), 'the folder is named');
  t.not(error.remedy, '');
  return error;
}

test('A sound bundle is read whole', async (t) => {
  const bundle = await loadBundle(path.relative(process.cwd(), tinyBundle));
  t.is(bundle.directory, tinyBundle);
  t.is(bundle.manifest.name, 'tiny');
  t.is(bundle.vocabulary[5], 'dog');
  t.is(bundle.mel.length, 8 * 33);
  t.is(bundle.window.length, 50);
  t.is(bundle.window[25], 1);
});

const manifestFaults: Record<string, { changes: Record<string, unknown>; says: RegExp }> = {
  'another format': { changes: { format: 'onnx' }, says: /format: expected "earshot-bundle", found "onnx"/ },
  'a later version': { changes: { version: 2 }, says: /version: expected 1, found 2/ },
  'a missing group': { changes: { audio: undefined }, says: /audio: expected object, found nothing/ },
  'a missing constant': { changes: { 'audio/log/floor': undefined }, says: /audio\.log\.floor: expected number, found nothing/ },
  'a word for a number': { changes: { 'segment/frames': 'ten' }, says: /segment\.frames: expected number, found "ten"/ },
  'an unknown constant': { changes: { 'audio/gain': 2 }, says: /audio\.gain: expected no such field/ },
  'a negative size': { changes: { 'decoder/heads': -1 }, says: /decoder\.heads: expected number to be >=1, found -1/ },
  'an absurd size': { changes: { 'segment/per_window': 1e9 }, says: /segment\.per_window: .*found 1000000000/ },
  'an FFT that is no power of two': { changes: { 'audio/n_fft': 60 }, says: /audio\.n_fft: expected a power of two, found 60/ },
  'a window longer than the FFT': { changes: { 'audio/win_length': 65 }, says: /audio\.win_length: expected at most n_fft, found 65/ },
  'a hop longer than the window': { changes: { 'audio/hop_length': 51 }, says: /audio\.hop_length: expected at most win_length/ },
  'another framing': { changes: { 'audio/framing': 'centred' }, says: /audio\.framing: expected "causal" or "center", found "centred"/ },
  'another logarithm': { changes: { 'audio/log/kind': 'log2' }, says: /audio\.log\.kind: expected "ln" or "db", found "log2"/ },
  'decibels without a range': { changes: { 'audio/log': { kind: 'db', floor: 1e-10 } }, says: /audio\.log\.top_db: expected number, found nothing/ },
  'centred frames of pre-emphasised sound': { changes: { 'audio/framing': 'center' }, says: /audio\.pre_emphasis: expected 0 with framing "center", found 0\.97/ },
  'centred frames with context': {
    changes: { 'audio/framing': 'center', 'audio/pre_emphasis': 0 }, says: /segment\.context_frames: expected 0 with framing "center", found 2/,
  },
  'centred frames of too short a segment': {
    changes: { 'audio/framing': 'center', 'audio/pre_emphasis': 0, 'segment/context_frames': 0, 'segment/frames': 2 },
    says: /segment\.frames: expected more than half a win_length of samples with framing "center", found 2/,
  },
  'a special token out of range': { changes: { 'tokens/end': 12 }, says: /tokens\.size: expected more than every special token, found 12/ },
  'start that is end': { changes: { 'tokens/start': 2 }, says: /tokens: expected start, end and unknown to differ/ },
  'more tokens than the cache holds': { changes: { 'decoding/max_tokens': 9 }, says: /decoding\.max_tokens: expected at most decoder\.cache_length, found 9/ },
  'more beams than words': { changes: { 'decoding/beam_size': 13 }, says: /decoding\.beam_size: expected at most tokens\.size, found 13/ },
  'a file left out': { changes: { 'files/mel.f32': undefined }, says: /files\.mel\.f32: expected its bytes and sha256/ },
  'a file elsewhere': { changes: { 'files': { '../secret': { bytes: 1, sha256: '0'.repeat(64) } } }, says: /files\.\.\.\/secret: expected a plain file name/ },
  'a broken checksum': { changes: { 'files/mel.f32': { bytes: 1056, sha256: 'abc' } }, says: /files\.mel\.f32\.sha256: expected 64 lower-case/ },
  'a name that is a path': { changes: { name: 'a/b' }, says: /name: expected letters, digits, dots and hyphens, found "a\/b"/ },
};

for (const [fault, { changes, says }] of Object.entries(manifestFaults)) {
  test(`A manifest with ${fault} is refused`, async (t) => {
    const folder = await copyTinyBundle(t);
    await editManifest(folder, changes);
    const error = await refusal(t, folder);
    t.regex(error.message, says);
    t.is(error.code, fault.includes('format') || fault.includes('version') ? 'BUNDLE_VERSION_UNKNOWN' : 'BUNDLE_MANIFEST_INVALID');
  });
}

test('Every fault of a manifest is told at once', async (t) => {
  const folder = await copyTinyBundle(t);
  await editManifest(folder, { 'audio/n_fft': 60, 'segment/frames': 'ten', 'tokens/end': 12, created: 'yesterday' });
  const error = await refusal(t, folder);
  t.deepEqual(
    error.problems.map(({ field }) => field).sort(),
    ['audio.n_fft', 'created', 'segment.frames', 'tokens.size'],
  );
});

test('Free-form fields are kept as they are', async (t) => {
  const folder = await copyTinyBundle(t);
  await editManifest(folder, { quality: { cider: { fp32: 0.7 } }, motto: 'new in a later trainer' });
  t.like((await loadBundle(folder)).manifest, { quality: { cider: { fp32: 0.7 } } });
});

test('A folder that is not there is refused', async (t) => {
  const error = await refusal(t, path.join(await copyTinyBundle(t), 'nowhere'));
  t.is(error.code, 'BUNDLE_MISSING');
  t.regex(error.message, /expected a folder, found nothing there/);
});

test('A file in place of the folder is refused', async (t) => {
  t.is((await refusal(t, path.join(tinyBundle, 'README.md'))).code, 'BUNDLE_MISSING');
});

test('A folder without a manifest is refused', async (t) => {
  const folder = await copyTinyBundle(t);
  await rm(path.join(folder, 'manifest.json'));
  t.is((await refusal(t, folder)).code, 'BUNDLE_MANIFEST_MISSING');
});

for (const [what, content] of Object.entries({
  'cut short': '{"format": "earshot-bundle",',
  empty: '',
  'in another format': '\u0000PNG',
  huge: ' '.repeat(1_000_001),
})) {
  test(`A manifest that is ${what} is refused`, async (t) => {
    const folder = await copyTinyBundle(t);
    await writeFile(path.join(folder, 'manifest.json'), content);
    t.is((await refusal(t, folder)).code, 'BUNDLE_MANIFEST_NOT_JSON');
  });
}

for (const content of ['null', '[]', '7', '"earshot-bundle"']) {
  test(`A manifest that is ${content} is refused`, async (t) => {
    const folder = await copyTinyBundle(t);
    await writeFile(path.join(folder, 'manifest.json'), content);
    t.true((await refusal(t, folder)).code.startsWith('BUNDLE_'));
  });
}

test('Missing, truncated and altered files are told at once, each with what was expected', async (t) => {
  const folder = await copyTinyBundle(t);
  await rm(path.join(folder, 'encoder.onnx'));
  await truncate(path.join(folder, 'memory.onnx'), 10);
  await rm(path.join(folder, 'mel.f32'));
  const words = await readFile(path.join(folder, 'vocabulary.json'), 'utf8');
  await writeFile(path.join(folder, 'vocabulary.json'), words.replace('dog', 'cat'));
  const error = await refusal(t, folder);
  t.is(error.code, 'BUNDLE_INVALID');
  t.deepEqual(
    error.problems.map(({ code, file }) => `${code} ${file}`).sort(),
    [
      'BUNDLE_FILE_ALTERED memory.onnx',
      'BUNDLE_FILE_ALTERED vocabulary.json',
      'BUNDLE_FILE_MISSING encoder.onnx',
      'BUNDLE_FILE_MISSING mel.f32',
    ],
  );
  t.regex(error.message, /memory\.onnx: expected \d+ bytes, found 10/);
  t.regex(error.message, /vocabulary\.json: expected sha256 [0-9a-f]{64}, found [0-9a-f]{64}/);
});

test('No changed byte of any file goes unseen', async (t) => {
  const folder = await copyTinyBundle(t);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...REQUIRED_FILES), fc.nat(), fc.integer({ min: 1, max: 255 }), async (file, at, flip) => {
      const full = path.join(folder, file);
      const content = await readFile(full);
      const altered = Buffer.from(content);
      const index = at % altered.length;
      altered[index] = (altered[index] ?? 0) ^ flip;
      await writeFile(full, altered);
      try {
        const error = await refusal(t, folder);
        t.deepEqual(error.problems.map((problem) => problem.file), [file]);
      } finally {
        await writeFile(full, content);
      }
    }),
    { numRuns: 40 },
  );
});

const constantFaults: Record<string, { file: string; content: string | Buffer; says: RegExp }> = {
  'a filter bank of another size': {
    file: 'mel.f32',
    content: Buffer.alloc(100),
    says: /mel\.f32: expected 264 float32 values \(1056 bytes\), found 100 bytes/,
  },
  'an analysis window of another size': {
    file: 'window.f32',
    content: Buffer.alloc(204),
    says: /window\.f32: expected 50 float32 values/,
  },
  'a NaN in its analysis window': {
    file: 'window.f32',
    content: Buffer.alloc(200, 0xff),
    says: /window\.f32: expected finite values, found NaN at index 0/,
  },
  'a vocabulary that is too short': {
    file: 'vocabulary.json',
    content: '["a"]',
    says: /vocabulary\.json: expected tokens\.size = 12 words, found 1/,
  },
  'a vocabulary that is no array': { file: 'vocabulary.json', content: '{"a": 1}', says: /expected an array of words, found object/ },
  'a number among its words': { file: 'vocabulary.json', content: '["a", 4]', says: /found number at index 1/ },
  'a vocabulary that is no JSON': { file: 'vocabulary.json', content: 'a\ndog\n', says: /vocabulary\.json: expected JSON/ },
};

for (const [fault, { file, content, says }] of Object.entries(constantFaults)) {
  test(`A bundle with ${fault} is refused even if its checksum is right`, async (t) => {
    const folder = await copyTinyBundle(t);
    await replaceFile(folder, file, content);
    const error = await refusal(t, folder);
    t.is(error.code, 'BUNDLE_FILE_INVALID');
    t.regex(error.message, says);
  });
}
