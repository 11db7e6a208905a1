export interface Stage {
  runs: number;
  /** Processor time of all threads of this process, milliseconds. */
  cpuMs: number;
}

/** Measures the processor time that pieces of work take, by name. */
export interface StageClock {
  readonly stages: Readonly<Record<string, Stage>>;
  measure<T>(stage: string, work: () => T | Promise<T>): Promise<T>;
  reset(): void;
}

export function createStageClock(): StageClock {
  const stages: Record<string, Stage> = {};
  return {
    stages,
    async measure(name, work) {
      const before = process.cpuUsage();
      const result = await work();
      const { user, system } = process.cpuUsage(before);
      const stage = (stages[name] ??= { runs: 0, cpuMs: 0 });
      stage.runs += 1;
      stage.cpuMs += (user + system) / 1000;
      return result;
    },
    reset() {
      for (const name of Object.keys(stages)) delete stages[name];
    },
  };
}
