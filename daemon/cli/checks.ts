import { loadBundle } from '../bundle/load-bundle.js';
import { createInlineCaptioner } from '../captioner/inline-captioner.js';
import { findExposed } from '../config/find-exposed.js';
import { readPassword } from '../config/read-password.js';
import type { Config } from '../config/schema.js';
import { shorten } from '../config/setting.js';
import { EarshotError } from '../errors/earshot-error.js';
import { levelDbfs, quietestDbfs } from '../gate/level-dbfs.js';
import { createLog } from '../log/create-log.js';
import { probeBroker } from '../publish/connection/probe-broker.js';
import { startEmbeddedBroker } from '../publish/embedded-broker/start-embedded-broker.js';
import { openSource } from '../run/open-source.js';
import { brokerOptions } from '../run/publisher-options.js';
import { windowOptions } from '../run/window-options.js';
import { loadSettings } from './load-settings.js';
import { modelDirectory } from './model-directory.js';
import type { SettingOptions } from './setting-options.js';

export interface Checked {
  readonly config: Config;
  readonly password: string | undefined;
}

/** Each check says in words what it found, or throws what is wrong. */
export function checkConfiguration(options: SettingOptions): Checked & { readonly said: string } {
  const { config, file } = loadSettings(options);
  const password = readPassword(config);
  const exposures = findExposed(config, file).map(({ message, remedy }) => `\n${message}. ${remedy}`);
  return { config, password, said: `${file === undefined ? 'no file, all as it comes' : shorten(file)}${exposures.join('')}` };
}

export async function checkModel({ config }: Checked): Promise<string> {
  const bundle = await loadBundle(modelDirectory(config.model));
  const { name, audio } = bundle.manifest;
  const windows = windowOptions(bundle.manifest, { seconds: config.window.seconds, hopSeconds: config.window.hop_seconds });
  const captioner = await createInlineCaptioner(bundle, { threads: config.inference.threads });
  const { windowSamples, historySamples } = windows;
  const silence = { index: 0, startSample: 0, samples: new Float32Array(historySamples + windowSamples), historySamples, heardSamples: windowSamples };
  // The first warms up; the daemon does so once.
  await captioner.caption(silence);
  const before = performance.now();
  await captioner.caption({ ...silence, startSample: windowSamples });
  const took = performance.now() - before;
  await captioner.close();
  const verdict = took > config.window.hop_seconds * 1000 ? ', longer than window.hop_seconds: windows will be skipped unless it is raised' : '';
  return `${name}: windows of ${windowSamples / audio.sample_rate} s, a caption takes ${took.toFixed(0)} ms here${verdict}`;
}

export async function checkSource({ config }: Checked): Promise<string> {
  const sampleRate = 32_000;
  const source = await openSource({ source: { ...config.source, real_time: false, loop: false } }, sampleRate, createLog({ level: 'silent', destination: process.stderr }));
  if (source.kind === 'stdin') return 'stdin, which is not read here';
  const heard = await hear(source.stream.bind(source), sampleRate);
  const level = levelDbfs(heard);
  if (source.kind !== 'file' && level <= quietestDbfs) {
    throw new EarshotError({
      code: 'CHECK_SILENT',
      message: `the ${source.kind} delivers nothing but zeros`,
      remedy: 'It may be muted: `alsamixer`, then F4, or the switch on the microphone itself.',
    });
  }
  return `${source.kind} delivers sound, ${level.toFixed(0)} dB relative to full scale just now`;
}

/** The first second, or all there is. */
async function hear(stream: (signal: AbortSignal) => AsyncIterable<Float32Array>, enough: number): Promise<Float32Array> {
  const stop = new AbortController();
  const heard: number[] = [];
  for await (const chunk of stream(stop.signal)) {
    heard.push(...chunk);
    if (heard.length >= enough) stop.abort();
    if (heard.length >= enough) break;
  }
  return Float32Array.from(heard);
}

export async function checkBroker({ config, password }: Checked): Promise<string> {
  if (config.mqtt.url !== undefined) {
    const { protocol } = await probeBroker(brokerOptions(config, undefined, password));
    return `${config.mqtt.url} takes us, in MQTT ${protocol === 5 ? '5' : '3.1.1'}`;
  }
  const broker = await startEmbeddedBroker(config.embedded_broker);
  await broker.close();
  return `embedded, at ${broker.url}`;
}
