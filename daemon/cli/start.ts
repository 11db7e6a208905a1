import { pino } from 'pino';
import { loadBundle } from '../bundle/load-bundle.js';
import { superviseCaptioner } from '../captioner/supervise-captioner.js';
import { readPassword } from '../config/read-password.js';
import type { Config } from '../config/schema.js';
import { createLog } from '../log/create-log.js';
import { startEmbeddedBroker, type EmbeddedBroker } from '../publish/embedded-broker/start-embedded-broker.js';
import { PublishError } from '../publish/publish-error.js';
import { createTopics } from '../publish/topics.js';
import { openSource } from '../run/open-source.js';
import { brokerOptions } from '../run/publisher-options.js';
import { runDaemon } from '../run/run-daemon.js';
import { windowOptions } from '../run/window-options.js';
import { createNotifier } from '../service/notifier.js';
import { listenForStop } from '../service/stop-signals.js';
import { demoRecording } from '../source/demo-recording.js';
import { systemTimers } from '../time/timers.js';
import { within } from '../time/within.js';
import { loadSettings } from './load-settings.js';
import { modelDirectory } from './model-directory.js';
import { createOutput } from './output.js';
import type { SettingOptions } from './setting-options.js';
import { showMessage } from './show-message.js';
import { subscribe } from './subscriber.js';
import { readVersion } from './version.js';

const microphoneHint = 'npm start -- --microphone plughw:CARD=...';

/** `earshot start`: the daemon as `earshot run` runs it, and beside it a subscriber that prints. */
export async function start(options: SettingOptions): Promise<void> {
  const { config, isSet } = loadSettings(options);
  const stop = listenForStop();
  const output = createOutput(process.stdout, () => process.exit());
  // The messages are what is to be seen; the log speaks up when something is wrong.
  const log = createLog({ level: isSet('log.level') ? config.log.level : 'warn', destination: pino.destination({ fd: 2, sync: true }) });
  const password = readPassword(config);
  const isDemo = !['source.kind', 'source.device', 'source.file', 'source.command'].some(isSet);
  const bundle = await loadBundle(modelDirectory(config.model));
  const { sample_rate: sampleRate } = bundle.manifest.audio;

  const embedded = config.mqtt.url === undefined ? await startAnyBroker(config.embedded_broker) : undefined;
  const settings: Config = {
    ...config,
    mqtt: { ...config.mqtt, url: embedded?.url ?? config.mqtt.url },
    source: isDemo ? { ...config.source, kind: 'file', file: demoRecording, real_time: true, loop: false, name: config.source.name ?? 'recording' } : config.source,
  };
  const broker = brokerOptions(settings, undefined, password);
  const source = await openSource(settings, sampleRate, log);
  const { status } = createTopics(config.mqtt.base_topic, config.device.id);

  const { windowSamples } = windowOptions(bundle.manifest, { hopSeconds: config.window.hop_seconds });
  await output.line(isDemo ? 'Earshot plays a recording of real sounds and puts it into words.' : `Earshot listens to ${source.name}; Ctrl-C ends it.`);
  await output.line(`The first caption comes when ${windowSamples / sampleRate} s have been heard.`);
  await output.line(`MQTT messages as a subscriber of ${broker.url} receives them:\n`);
  const farewell = createFarewell(status);
  const subscriber = await subscribe(broker, status.replace(/status$/, '#'), (topic, payload) => {
    void output.line(showMessage(topic, payload));
    farewell.note(topic, payload);
  });

  try {
    const notifier = createNotifier({ onProblem: (err) => log.warn({ err }, 'systemd is not told') });
    await runDaemon({ config: settings, bundle, source, startCaptioner: superviseCaptioner, password, version: readVersion(), log, notifier }, stop.signal);
    await farewell.within(2000);
  } finally {
    await subscriber.close();
    await embedded?.close();
  }
  if (isDemo && !stop.signal.aborted) await output.line(`\nThat was a recording. To listen to a microphone (\`npx earshot devices\` names yours):\n  ${microphoneHint}`);
  process.exit();
}

/** Where the usual port is taken, any other will do for a show. */
async function startAnyBroker(at: Config['embedded_broker']): Promise<EmbeddedBroker> {
  try {
    return await startEmbeddedBroker(at);
  } catch (error) {
    if (error instanceof PublishError && error.code === 'EMBEDDED_BROKER_PORT_TAKEN') return startEmbeddedBroker({ ...at, port: 0 });
    throw error;
  }
}

/** The daemon's last message: when it has arrived here too, all have. */
function createFarewell(statusTopic: string) {
  let arrived = (): void => undefined;
  const arrival = new Promise<void>((resolve) => (arrived = resolve));
  let wasOnline = false;
  return {
    note(topic: string, payload: string): void {
      if (topic !== statusTopic) return;
      if (payload === 'offline' && wasOnline) arrived();
      wasOnline ||= payload === 'online';
    },
    within: (ms: number): Promise<void> => within(systemTimers, ms, arrival, () => undefined),
  };
}
