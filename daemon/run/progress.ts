/** What has moved on since somebody last asked. */
export interface ProgressMade {
  /** Sound has come in. */
  readonly audio: boolean;
  /** A window has gone the whole of its way: it was put into words, or was too quiet for words. */
  readonly inference: boolean;
}

/** Tells a daemon that works from one that merely runs; a watchdog is to be fed by both kinds of progress, not by a timer. */
export interface Progress {
  audioArrived(): void;
  /**
   * Not for a window that made way for a newer one: those are left out just when a run does not end. Nor for one that
   * failed: a daemon that only fails has not moved.
   */
  inferenceMoved(): void;
  /** Since the last call, or since the beginning. */
  takeProgress(): ProgressMade;
}

export function createProgress(): Progress {
  let audio = false;
  let inference = false;
  return {
    audioArrived() {
      audio = true;
    },
    inferenceMoved() {
      inference = true;
    },
    takeProgress() {
      const made = { audio, inference };
      audio = false;
      inference = false;
      return made;
    },
  };
}
