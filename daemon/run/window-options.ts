import type { Manifest } from '../bundle/manifest.js';
import { ConfigError } from '../config/config-error.js';
import { historySamples, segmentSamples } from '../encode/log-mel.js';
import type { WindowOptions } from '../window/slide-windows.js';

export interface WindowWishes {
  /** Undefined: what the model was made for. */
  readonly seconds?: number | undefined;
  readonly hopSeconds: number;
  /** How wide the hop may become where the machine cannot keep up. Undefined: as the window is long. */
  readonly longestHopSeconds?: number | undefined;
}

/** How to cut windows for a model. Throws a `ConfigError` for windows that it cannot take. */
export function windowOptions({ audio, segment }: Manifest, { seconds, hopSeconds, longestHopSeconds }: WindowWishes): WindowOptions {
  const windowSamples = segment.per_window * segmentSamples(audio, segment);
  const madeFor = windowSamples / audio.sample_rate;
  const problems = [];
  if (seconds !== undefined && seconds !== madeFor) {
    problems.push({ subject: 'window.seconds', message: `found ${seconds}; the model was made for windows of ${madeFor} s: leave the key out` });
  }
  if (hopSeconds > madeFor) {
    problems.push({ subject: 'window.hop_seconds', message: `found ${hopSeconds}; at most ${madeFor}, the length of the model's windows, for all sound to be heard` });
  }
  if (longestHopSeconds !== undefined && (longestHopSeconds < hopSeconds || longestHopSeconds > madeFor)) {
    problems.push({ subject: 'window.longest_hop_seconds', message: `found ${longestHopSeconds}; from window.hop_seconds (${hopSeconds}) to ${madeFor}, the length of the model's windows` });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { windowSamples, hopSamples: Math.round(hopSeconds * audio.sample_rate), historySamples: historySamples(audio, segment) };
}

/**
 * Hops to choose from where a machine cannot keep up, in seconds: the wanted one, then whole segments, for a window that
 * begins where a segment began finds that segment encoded.
 */
export function hopChoices({ audio, segment }: Manifest, { hopSeconds, longestHopSeconds }: WindowWishes): [number, ...number[]] {
  const multiples = Array.from({ length: segment.per_window }, (_, i) => ((i + 1) * segmentSamples(audio, segment)) / audio.sample_rate);
  const longest = longestHopSeconds ?? Infinity;
  return [hopSeconds, ...multiples.filter((seconds) => seconds > hopSeconds && seconds <= longest)];
}
