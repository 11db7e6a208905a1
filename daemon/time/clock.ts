/** The two kinds of time a daemon needs, injected so that nothing has to wait for them in tests. */
export interface Clock {
  /** Milliseconds since 1970. Jumps when the machine learns the time. */
  now(): number;
  /** Milliseconds since some moment. Never jumps: the one to measure ages with. */
  elapsed(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
};
