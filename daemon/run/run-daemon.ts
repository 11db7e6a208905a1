import type { Bundle } from '../bundle/load-files.js';
import type { Captioner } from '../captioner/captioner.js';
import type { SuperviseOptions } from '../captioner/supervise-captioner.js';
import type { Config } from '../config/schema.js';
import type { CaptionEvent } from '../event/caption-event.js';
import { createEventIds, type IdFloor } from '../event/event-ids.js';
import { createTimeline } from '../event/timeline.js';
import { createGate } from '../gate/gate.js';
import type { Log } from '../log/create-log.js';
import { connectPublisher } from '../publish/publisher.js';
import { realSurroundings } from '../publish/surroundings.js';
import type { Notifier } from '../service/notifier.js';
import type { AudioSource } from '../source/audio-source.js';
import { keepListening } from '../source/keep-listening.js';
import { createWindowSlider } from '../window/slide-windows.js';
import { isAborted } from './is-aborted.js';
import { keepEmbeddedBroker } from './keep-embedded-broker.js';
import { listen } from './listen.js';
import { brokerOptions, publisherOptions } from './publisher-options.js';
import { createWording } from './put-into-words.js';
import { reportCaptioner } from './report-captioner.js';
import { createHearingReport } from './report-hearing.js';
import { createTally } from './tally.js';
import { untilStopped } from './until-stopped.js';
import { windowOptions } from './window-options.js';

export interface DaemonParts {
  readonly config: Config;
  readonly bundle: Bundle;
  readonly source: AudioSource;
  readonly startCaptioner: (bundle: Bundle, options: SuperviseOptions) => Promise<Captioner>;
  /** Of the broker. */
  readonly password?: string | undefined;
  readonly idFloor?: IdFloor | undefined;
  /** Of Earshot. */
  readonly version: string;
  readonly log: Log;
  readonly notifier: Notifier;
}

/** How long the window at hand may take once the daemon is asked to stop, ms. */
const lastWindowMs = 3000;

/**
 * The whole way of sound: source, windows, gate, captioner, events, broker and log. Ends when the source does or when
 * `signal` aborts. Rejects where nothing can work: windows the model cannot take, a captioner that cannot start, a file
 * that cannot be read; whatever may come back is waited for.
 */
export async function runDaemon(parts: DaemonParts, signal: AbortSignal): Promise<void> {
  const { config, bundle, source, startCaptioner, password, idFloor, version, log, notifier } = parts;
  const surroundings = realSurroundings(log);
  const { clock, timers, random } = surroundings;
  const { name: model, audio } = bundle.manifest;
  const windows = windowOptions(bundle.manifest, { seconds: config.window.seconds, hopSeconds: config.window.hop_seconds });
  const tally = createTally();

  log.info({ version, model, source: source.name }, 'earshot starts');
  let toldService: Promise<void> | undefined;
  const stopping = (): void => {
    if (isAborted(signal)) log.info({ reason: signal.reason as unknown }, 'stopping');
    toldService ??= notifier.stopping();
  };
  if (signal.aborted) return;
  signal.addEventListener('abort', stopping, { once: true });

  const captioner = await startCaptioner(bundle, { threads: config.inference.threads, onState: reportCaptioner(log), closeGraceMs: lastWindowMs });
  if (isAborted(signal)) return captioner.close();
  const embedded = config.mqtt.url === undefined ? await keepEmbeddedBroker(config.embedded_broker, log, timers) : undefined;
  const broker = brokerOptions(config, embedded?.url ?? '', password);
  const publisher = connectPublisher(publisherOptions(config, broker, [source.name], version), surroundings);

  const report = createHearingReport({ source: source.name, publisher, notifier, log, clock });
  const onEvent = (event: CaptionEvent): void => {
    log.info(event, 'caption');
    publisher.caption(event);
  };
  const wording = createWording({ captioner, source: source.name, model, nextId: createEventIds(clock, idFloor), onEvent, tally, clock, log });
  const gate = createGate({ thresholdDbfs: config.gate.level_dbfs });
  const slider = createWindowSlider(windows);
  const timeline = createTimeline({ sampleRate: audio.sample_rate, isLive: source.isLive }, clock);
  const onWindow = (): void => publisher.health(tally.read());
  // A file that is over or broken stays so; a microphone comes back.
  const isLasting = source.kind === 'microphone' || source.kind === 'command';
  const lasting = isLasting
    ? keepListening(source, { sampleRate: audio.sample_rate, clock, timers, random, onState: report, onGap: slider.skip })
    : source;
  const onSound = (): void => {
    if (!isLasting) report('listening');
  };

  try {
    const listening = listen({ source: lasting, slider, gate, timeline, wording, tally, clock, onSound, onWindow }, signal);
    await untilStopped(listening, signal, lastWindowMs, timers);
  } finally {
    signal.removeEventListener('abort', stopping);
    if (!isAborted(signal)) stopping();
    await captioner.close();
    await publisher.close();
    await embedded?.close();
    const { windowsCaptioned, windowsGated, windowsSkipped, windowsFailed } = tally.read();
    log.info({ windows_captioned: windowsCaptioned, windows_gated: windowsGated, windows_skipped: windowsSkipped, windows_failed: windowsFailed }, 'earshot stops');
    await toldService;
  }
}
