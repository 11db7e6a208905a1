import type { Timers } from '../publish/surroundings.js';
import type { AudioSource } from './audio-source.js';
import { explainArecord } from './capture/explain-arecord.js';
import { readCapture } from './capture/read-capture.js';
import { startArecord } from './capture/start-arecord.js';
import { toMonoAtRate } from './decode/to-mono-at-rate.js';
import { decodeRawPcm } from './raw-pcm.js';

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
  return {
    name,
    kind: 'microphone',
    isLive: true,
    stream(signal) {
      const bytes = readCapture({
        start: () => startArecord({ device, sampleRate }),
        explain: (ending, complaints) => explainArecord(ending, complaints, device),
        onComplaint: (line) => {
          if (line.includes('overrun!!!')) onOverrun?.();
        },
        stallMs,
        timers,
      }, signal);
      return toMonoAtRate(decodeRawPcm(bytes, { sampleRate, channels: 1 }), sampleRate);
    },
  };
}
