/** A topic that is listened to, and what becomes of what is heard there. */
export interface Listener {
  readonly topic: string;
  /** Takes whatever anybody sends. Must not throw. */
  readonly heard: (payload: string, isRetained: boolean) => void;
  /** What it means that the topic cannot be listened to. */
  readonly unheard: Unheard;
  readonly stop: () => void;
}

export interface Unheard {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}
