/** Whether a source may listen: set by whoever may, and remembered over restarts. */
export interface ListeningSwitch {
  isOn(): boolean;
  set(isOn: boolean): void;
  /** Calls back after each change; the returned function calls it off. */
  onChange(listener: () => void): () => void;
}

/** Where it is remembered. No method throws. */
export interface SwitchMemory {
  isOff(): boolean;
  remember(isOn: boolean): void;
}

export function createListeningSwitch(memory: SwitchMemory | undefined): ListeningSwitch {
  const listeners = new Set<() => void>();
  let isOn = memory?.isOff() !== true;

  return {
    isOn: () => isOn,
    set(wanted) {
      if (wanted === isOn) return;
      isOn = wanted;
      memory?.remember(isOn);
      for (const listener of [...listeners]) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
