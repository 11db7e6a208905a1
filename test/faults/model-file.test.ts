import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { loadBundle } from '../../daemon/bundle/load-bundle.js';
import { BundleError } from '../../daemon/bundle/bundle-error.js';
import { followLog } from '../cli/follow-log.js';
import { startListener } from '../cli/listener.js';
import { earshot, startEarshot } from '../cli/run-earshot.js';
import { copyTinyBundle, editManifest } from '../helpers/tiny-bundle.js';

/** Changes one byte, so that the size stays. */
function alter(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 0xff;
  writeFileSync(file, bytes);
}

for (const file of ['encoder.onnx', 'decoder.onnx', 'mel.f32', 'vocabulary.json']) {
  test(`an altered ${file} is refused at the start, by its checksum`, async (t) => {
    const folder = await copyTinyBundle(t);
    alter(join(folder, file));
    const { stdout, code } = await earshot(['run', '--model', folder, '--broker', 'mqtt://127.0.0.1:1', '--file', 'x.wav']);
    t.is(code, 78);
    const { err } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { err: { code: string; message: string; remedy: string } };
    t.is(err.code, 'BUNDLE_FILE_ALTERED');
    t.regex(err.message, new RegExp(`${file}: expected sha256 [0-9a-f]{64}, found [0-9a-f]{64}`));
    t.regex(err.remedy, /Copy the bundle again/);
  });
}

function captionerOf(pid: number): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  return children.find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('captioner/child'));
}

test('a model altered while the daemon runs changes nothing until the captioner starts again, which then refuses it, says why, and takes it once it is mended', async (t: ExecutionContext) => {
  const folder = await copyTinyBundle(t);
  const encoder = join(folder, 'encoder.onnx');
  copyFileSync(encoder, `${folder}.spare`);
  const { url, hear } = await startListener(t);
  const settings = ['--set', 'window.hop_seconds=0.05', '--set', 'device.id=pi'];
  const daemon = startEarshot(['run', '--model', folder, '--broker', url, '--microphone', 'x', ...settings], { PATH: `${resolve('test/cli/fixtures/endless')}:${process.env['PATH']}`, STATE_DIRECTORY: `${folder}.state` });
  t.teardown(() => daemon.kill('SIGKILL'));
  const closed = once(daemon, 'close');
  const log = followLog(daemon);
  await log.line('caption', 2);
  alter(encoder);
  await log.line('caption', 4);
  process.kill(captionerOf(daemon.pid!)!, 'SIGKILL');

  await log.line('captioner lost, starting another', 2);
  const [killed, refused] = log.lines.filter(({ msg }) => msg === 'captioner lost, starting another').map(({ err }) => err as { code: string; message: string });
  t.is(killed?.code, 'CAPTIONER_CRASHED');
  t.is(refused?.code, 'BUNDLE_FILE_ALTERED');
  t.regex(refused?.message ?? '', /encoder\.onnx: expected sha256/);

  copyFileSync(`${folder}.spare`, encoder);
  await log.line('captioner is back');
  const { length } = log.lines.filter(({ msg }) => msg === 'caption');
  await log.line('caption', length + 1);
  daemon.kill('SIGTERM');
  await closed;
  await hear(({ payload }) => payload === 'offline');
});

const absurdities: Record<string, unknown> = {
  'audio/sample_rate': 1e12,
  'audio/n_fft': 2 ** 30,
  'audio/mel_bins': 1e9,
  'segment/frames': 2 ** 31,
  'segment/per_window': 1e6,
  'segment/embedding_size': -1,
  'decoder/layers': 1e308,
  'decoder/cache_length': 0,
  'decoding/beam_size': 1e6,
  'decoding/max_tokens': Number.MAX_SAFE_INTEGER,
  'tokens/size': 2 ** 40,
  name: '../../etc',
  'files/..%2Fx': { bytes: 1, sha256: 'a'.repeat(64) },
};
for (const [field, value] of Object.entries(absurdities)) {
  test(`a manifest whose ${field} is ${JSON.stringify(value)} is refused before anything is made of it`, async (t) => {
    const folder = await copyTinyBundle(t);
    await editManifest(folder, { [field]: value });
    const error = await t.throwsAsync(loadBundle(folder), { instanceOf: BundleError });
    t.is(error.code, 'BUNDLE_MANIFEST_INVALID');
    t.true(error.message.length < 2000);
  });
}

test('a manifest of many megabytes is not read', async (t) => {
  const folder = await copyTinyBundle(t);
  writeFileSync(join(folder, 'manifest.json'), ' '.repeat(5_000_000));
  const error = await t.throwsAsync(loadBundle(folder), { instanceOf: BundleError });
  t.regex(error.message, /at most 1000000 bytes/);
});
