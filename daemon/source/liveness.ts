import type { Hearing } from '../event/source-state.js';
import type { Timers } from '../publish/surroundings.js';

export interface LivenessOptions {
  readonly sampleRate: number;
  readonly timers: Timers;
  /**
   * Called once a change. `reason` is what was thrown where there is something to say. `listening`: sound comes in.
   * `recovering`: it was lost and is being sought. `deaf`: it has been sought for too long to keep quiet about it.
   * `silent`: a signal comes in that never changes, so the microphone is muted or broken; a quiet room always rustles.
   */
  readonly onState: (state: Hearing, reason?: unknown) => void;
  /** How long a signal must not change to be called silent, s. */
  readonly silentAfterSeconds?: number;
  /** How long sound must be missing for the source to be called deaf, ms. */
  readonly deafAfterMs?: number;
}

/** Knows from what comes in whether a source can be heard. */
export interface Liveness {
  heard(samples: Float32Array): void;
  lost(reason: unknown): void;
  /** No state will be told any more. */
  stop(): void;
}

export function createLiveness(options: LivenessOptions): Liveness {
  const { sampleRate, timers, onState, silentAfterSeconds = 30, deafAfterMs = 10_000 } = options;
  let state: Hearing | undefined;
  let reason: unknown;
  let told: string | undefined;
  let constant = 0;
  let constantSamples = 0;
  let cancelDeaf: (() => void) | undefined;

  const tell = (next: Hearing, why?: unknown): void => {
    const message = `${next} ${why instanceof Error ? why.message : ''}`;
    state = next;
    if (message === told) return;
    told = message;
    onState(next, why);
  };
  const waitForSound = (): void => {
    cancelDeaf ??= timers.after(deafAfterMs, () => tell('deaf', reason));
  };

  /** A longer look is taken only at sound that does not change: the second sample mostly tells. */
  const watchForChange = (samples: Float32Array): void => {
    const [first = constant] = samples;
    const isConstant = samples.every((sample) => sample === first);
    constantSamples = (isConstant && first === constant ? constantSamples : 0) + (isConstant ? samples.length : 0);
    constant = first;
  };

  waitForSound();
  return {
    heard(samples) {
      cancelDeaf?.();
      cancelDeaf = undefined;
      watchForChange(samples);
      tell(constantSamples >= silentAfterSeconds * sampleRate ? 'silent' : 'listening');
    },
    lost(why) {
      reason = why;
      constantSamples = 0;
      waitForSound();
      tell(state === 'deaf' ? 'deaf' : 'recovering', why);
    },
    stop() {
      cancelDeaf?.();
    },
  };
}
