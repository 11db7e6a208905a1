import type { Bundle } from '../bundle/load-files.js';
import type { Captioner } from '../captioner/captioner.js';
import type { CaptionerState, SuperviseOptions } from '../captioner/supervise-captioner.js';
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
import { createListeningSwitch, type SwitchMemory } from '../source/listening-switch.js';
import { createAdaptiveHop } from '../window/adaptive-hop.js';
import { createWindowSlider } from '../window/slide-windows.js';
import { hearLastingly, isLasting } from './hear-lastingly.js';
import { isAborted } from './is-aborted.js';
import { keepEmbeddedBroker } from './keep-embedded-broker.js';
import { listen } from './listen.js';
import { readMachineHeat } from './machine-heat.js';
import { createProgress } from './progress.js';
import { brokerOptions, publisherOptions } from './publisher-options.js';
import { createWording } from './put-into-words.js';
import { createCaptionerReport } from './report-captioner.js';
import { keepReportingHealth } from './report-health.js';
import { createHearingReport } from './report-hearing.js';
import { reportHop } from './report-hop.js';
import { createTally } from './tally.js';
import { tellService } from './tell-service.js';
import { untilStopped } from './until-stopped.js';
import { hopChoices, windowOptions } from './window-options.js';

export interface DaemonParts {
  readonly config: Config;
  readonly bundle: Bundle;
  readonly source: AudioSource;
  readonly startCaptioner: (bundle: Bundle, options: SuperviseOptions) => Promise<Captioner>;
  /** Of the broker. */
  readonly password?: string | undefined;
  readonly idFloor?: IdFloor | undefined;
  /** Remembers over restarts that the source was switched off. */
  readonly switchMemory?: SwitchMemory | undefined;
  /** Where captions that wait for the broker outlast a restart; without it they wait in memory. */
  readonly stateFolder?: string | undefined;
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
  const { config, bundle, source, startCaptioner, password, idFloor, switchMemory, stateFolder, version, log, notifier } = parts;
  const surroundings = realSurroundings(log);
  const { clock, timers, random } = surroundings;
  const { name: model, audio } = bundle.manifest;
  const { seconds, hop_seconds: hopSeconds, longest_hop_seconds: longestHopSeconds } = config.window;
  const windows = windowOptions(bundle.manifest, { seconds, hopSeconds, longestHopSeconds });
  const tally = createTally();
  const progress = createProgress();
  const service = tellService({ source: source.name, notifier, progress, clock, timers });

  log.info({ version, model, source: source.name }, 'earshot starts');
  let toldService: Promise<void> | undefined;
  const stopping = (): void => {
    if (isAborted(signal)) log.info({ reason: signal.reason as unknown }, 'stopping');
    toldService ??= service.stopping();
  };
  if (signal.aborted) return;
  signal.addEventListener('abort', stopping, { once: true });

  const captionerReport = createCaptionerReport(log);
  const onCaptioner = (state: CaptionerState): void => {
    captionerReport.changed(state);
    service.captioner(state.state === 'ready', state.state === 'ready' ? undefined : state.reason.message);
  };
  const captioner = await startCaptioner(bundle, { threads: config.inference.threads, onState: onCaptioner, closeGraceMs: lastWindowMs });
  if (isAborted(signal)) return captioner.close();
  const embedded = config.mqtt.url === undefined ? keepEmbeddedBroker(config.embedded_broker, log) : undefined;
  const broker = brokerOptions(config, embedded, password);
  const isSwitchable = isLasting(source) && config.mqtt.commands;
  const listening = createListeningSwitch(isSwitchable ? switchMemory : undefined);
  const onSwitch = isSwitchable ? (_: string, isOn: boolean): void => listening.set(isOn) : undefined;
  const publisher = connectPublisher({ ...publisherOptions(config, broker, [source.name], version, stateFolder), onSwitch }, surroundings);

  const report = createHearingReport({ source: source.name, publisher, service, log, clock });
  const onEvent = (event: CaptionEvent): void => {
    log.info(event, 'caption');
    publisher.caption(event);
    service.captioned(event.caption);
  };
  // Sound that can wait waits for the machine; live sound is put into words less often where the machine cannot keep up.
  const hops = source.isLive ? hopChoices(bundle.manifest, { hopSeconds, longestHopSeconds }) : ([hopSeconds] as const);
  const hop = createAdaptiveHop({ hops, clock, onChange: reportHop(hopSeconds, log) });
  const wording = createWording({ captioner, source: source.name, model, nextId: createEventIds(clock, idFloor), onEvent, tally, progress, clock, onTook: hop.took, log });
  const gate = createGate({ thresholdDbfs: config.gate.level_dbfs });
  const slider = createWindowSlider({ ...windows, nextHopSamples: () => Math.round(hop.current() * audio.sample_rate) });
  const timeline = createTimeline({ sampleRate: audio.sample_rate, isLive: source.isLive }, clock);
  const readHealth = () => ({ ...tally.read(), ...captionerReport.read(), hopSeconds: hop.current(), overruns: source.overruns?.() ?? 0 });
  const watched = service.watch(source);
  const lasting = isLasting(source)
    ? hearLastingly({ source: watched, config, sampleRate: audio.sample_rate, listening, slider, progress, report, clock, timers, random })
    : watched;
  const onSound = (): void => {
    if (!isLasting(source)) report('listening');
  };

  const over = new AbortController();
  const reportingHealth = keepReportingHealth({ read: readHealth, readHeat: readMachineHeat, onThrottled: hop.throttled, publisher, log, timers }, over.signal);

  try {
    const listening = listen({ source: lasting, slider, gate, timeline, wording, tally, progress, clock, onSound }, signal);
    await untilStopped(listening, signal, lastWindowMs, timers);
  } finally {
    signal.removeEventListener('abort', stopping);
    if (!isAborted(signal)) stopping();
    await captioner.close();
    over.abort();
    await reportingHealth;
    await publisher.close();
    await embedded?.close();
    const { windowsCaptioned, windowsGated, windowsSkipped, windowsFailed } = tally.read();
    log.info({ windows_captioned: windowsCaptioned, windows_gated: windowsGated, windows_skipped: windowsSkipped, windows_failed: windowsFailed }, 'earshot stops');
    await toldService;
  }
}
