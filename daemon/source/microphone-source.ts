import type { Timers } from '../time/timers.js';
import type { AudioSource } from './audio-source.js';
import { explainArecord, explainWrongRate } from './capture/explain-arecord.js';
import { readCapture } from './capture/read-capture.js';
import { startArecord } from './capture/start-arecord.js';
import { toMonoAtRate } from './decode/to-mono-at-rate.js';
import { decodeRawPcm } from './raw-pcm.js';
import { SourceError } from './source-error.js';

export interface MicrophoneSourceOptions {
  readonly name: string;
  /** An ALSA capture device, best by card name: `plughw:CARD=Device`. Undefined: ALSA's default. */
  readonly device: string | undefined;
  /** The rate that samples are wanted at, in Hz; ALSA converts. */
  readonly sampleRate: number;
  readonly timers: Timers;
  /** How long the microphone may deliver nothing before it is given up, ms. */
  readonly stallMs?: number;
  /** Called each time that sound was lost because it was not taken from the sound card in time. */
  readonly onOverrun?: () => void;
}

/** An ALSA microphone by way of arecord. */
export function createMicrophoneSource(options: MicrophoneSourceOptions): AudioSource {
  const { name, device, sampleRate, timers, stallMs = 5000, onOverrun } = options;
  let overruns = 0;
  return {
    name,
    kind: 'microphone',
    isLive: true,
    overruns: () => overruns,
    async *stream(signal) {
      refuseRawHardware(device);
      const bytes = readCapture({
        start: () => startArecord({ device, sampleRate }),
        explain: (ending, complaints) => explainArecord(ending, complaints, device),
        onComplaint(line) {
          if (line.includes('overrun!!!')) {
            overruns += 1;
            onOverrun?.();
          }
          return explainWrongRate(line, device);
        },
        stallMs,
        timers,
      }, signal);
      yield* toMonoAtRate(decodeRawPcm(bytes, { sampleRate, channels: 1 }), sampleRate);
    },
  };
}

/** Asked of `hw:`, arecord goes on at whatever rate the card has, and no one notices; `plughw:` is the same card, converted where needed. */
function refuseRawHardware(device: string | undefined): void {
  if (device?.startsWith('hw:') !== true) return;
  throw new SourceError({
    code: 'SOURCE_UNSUPPORTED',
    message: `microphone ${device} may deliver sound at another rate than the model needs`,
    remedy: `Name it plug${device}, so that ALSA converts`,
  });
}
