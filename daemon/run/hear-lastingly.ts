import type { Config } from '../config/schema.js';
import type { AudioSource } from '../source/audio-source.js';
import { keepListening } from '../source/keep-listening.js';
import type { ListeningSwitch } from '../source/listening-switch.js';
import { switchSource } from '../source/switch-source.js';
import type { Clock } from '../time/clock.js';
import type { Timers } from '../time/timers.js';
import type { WindowSlider } from '../window/slide-windows.js';
import type { Progress } from './progress.js';
import type { HearingReport } from './report-hearing.js';

export interface LastingParts {
  readonly source: AudioSource;
  readonly config: Pick<Config, 'source'>;
  readonly sampleRate: number;
  readonly listening: ListeningSwitch;
  readonly slider: Pick<WindowSlider, 'skip'>;
  readonly progress: Pick<Progress, 'audioArrived' | 'inferenceMoved'>;
  readonly report: HearingReport;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly timers: Timers;
  readonly random: () => number;
}

/** A file that is over or broken stays so; a microphone comes back, and can be switched off. */
export function isLasting({ kind }: Pick<AudioSource, 'kind'>): boolean {
  return kind === 'microphone' || kind === 'command';
}

/** A microphone or capture command as the daemon hears it: opened again when it is lost, closed while it is switched off. */
export function hearLastingly({ source, config, listening, slider, progress, report, ...parts }: LastingParts): AudioSource {
  const kept = keepListening(source, {
    ...parts,
    onState: report,
    onGap: slider.skip,
    silentAfterSeconds: config.source.silent_after_seconds,
  });
  return switchSource(kept, {
    ...parts,
    listening,
    onOff() {
      // What was heard is forgotten at once, not when something new takes its place.
      slider.skip(0);
      report('off');
    },
    onRest() {
      progress.audioArrived();
      progress.inferenceMoved();
    },
    onGap: slider.skip,
  });
}
