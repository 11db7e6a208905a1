import type { Hearing } from '../event/source-state.js';
import type { Clock } from '../time/clock.js';
import type { Timers } from '../time/timers.js';
import { nothingHeard, onlyStillness } from './sound-complaints.js';
import { createStillnessWatch } from './stillness.js';

export interface LivenessOptions {
  readonly sampleRate: number;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly timers: Timers;
  /**
   * Called once a change. `reason` is what was thrown, or a `SourceError`, where there is something to say. `listening`:
   * sound comes in. `recovering`: it was lost and is being sought. `deaf`: it has been missing for too long to keep quiet
   * about it. `silent`: a signal comes in that does not move, so the microphone is muted or broken; a quiet room rustles.
   */
  readonly onState: (state: Hearing, reason?: unknown) => void;
  /** How long a signal must not move to be called silent, s. */
  readonly silentAfterSeconds?: number | undefined;
  /** How long sound must be missing for the source to be called deaf, ms: whether or not anybody has noticed why. */
  readonly deafAfterMs?: number;
}

/** Knows from what comes in whether a source can be heard. */
export interface Liveness {
  /** `complaint` is what is wrong with the sound all the same. */
  heard(samples: Float32Array, complaint?: unknown): void;
  lost(reason: unknown): void;
  /** Sound has come in for some time without a loss. */
  isSteady(): boolean;
  /** No state will be told any more. */
  stop(): void;
}

const steadyAfterMs = 10_000;
/** A source that was lost so often without having been steady is not said to listen before it is: nobody wants to read that. */
const lossesToDoubt = 3;

export function createLiveness(options: LivenessOptions): Liveness {
  const { sampleRate, clock, timers, onState, silentAfterSeconds = 10, deafAfterMs = 10_000 } = options;
  const stillness = createStillnessWatch(sampleRate);
  let state: Hearing | undefined;
  let told: string | undefined;
  let reason: unknown;
  let losses = 0;
  let heardAt = clock.elapsed();
  let soundSince: number | undefined;
  let cancel: (() => void) | undefined;

  const tell = (next: Hearing, why?: unknown): void => {
    const message = `${next} ${why instanceof Error ? why.message : ''}`;
    state = next;
    if (message === told) return;
    told = message;
    onState(next, why);
  };
  /** One timer, whatever comes in: it looks how long ago that was when it runs out. */
  const watchForSound = (): void => {
    cancel ??= timers.after(heardAt + deafAfterMs - clock.elapsed(), () => {
      cancel = undefined;
      if (clock.elapsed() - heardAt < deafAfterMs) watchForSound();
      else tell('deaf', reason ?? nothingHeard(deafAfterMs / 1000));
    });
  };
  const isSteady = (): boolean => soundSince !== undefined && clock.elapsed() - soundSince >= steadyAfterMs;

  watchForSound();
  return {
    heard(samples, complaint) {
      heardAt = clock.elapsed();
      soundSince ??= heardAt;
      reason = undefined;
      watchForSound();
      if (isSteady()) losses = 0;
      const still = stillness.hear(samples);
      if (still.seconds >= silentAfterSeconds) tell('silent', onlyStillness(still));
      else if (losses < lossesToDoubt) tell('listening', complaint);
    },
    lost(why) {
      reason = why;
      // An attempt that fails is no loss of sound.
      if (soundSince !== undefined) losses += 1;
      soundSince = undefined;
      stillness.reset();
      tell(state === 'deaf' ? 'deaf' : 'recovering', why);
    },
    isSteady,
    stop() {
      cancel?.();
    },
  };
}
