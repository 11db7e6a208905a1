import type { Manifest } from '../bundle/manifest.js';
import { ConfigError } from '../config/config-error.js';
import { historySamples, segmentSamples } from '../encode/log-mel.js';
import type { WindowOptions } from '../window/slide-windows.js';

export interface WindowWishes {
  /** Undefined: what the model was made for. */
  readonly seconds?: number | undefined;
  readonly hopSeconds: number;
}

/** How to cut windows for a model. Throws a `ConfigError` for windows that it cannot take. */
export function windowOptions({ audio, segment }: Manifest, { seconds, hopSeconds }: WindowWishes): WindowOptions {
  const windowSamples = segment.per_window * segmentSamples(audio, segment);
  const madeFor = windowSamples / audio.sample_rate;
  const problems = [];
  if (seconds !== undefined && seconds !== madeFor) {
    problems.push({ subject: 'window.seconds', message: `found ${seconds}; the model was made for windows of ${madeFor} s: leave the key out` });
  }
  if (hopSeconds > madeFor) {
    problems.push({ subject: 'window.hop_seconds', message: `found ${hopSeconds}; at most ${madeFor}, the length of the model's windows, for all sound to be heard` });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { windowSamples, hopSamples: Math.round(hopSeconds * audio.sample_rate), historySamples: historySamples(audio, segment) };
}
