import type { Log } from '../../../daemon/publish/surroundings.js';
import { until } from './until.js';

export interface Line {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly code?: string;
  readonly remedy?: string;
  readonly mqtt?: string;
  readonly events_waiting?: number;
}

/** A log that remembers its lines. */
export function recordedLog() {
  const lines: Line[] = [];
  const write =
    (level: Line['level']) =>
    (fields: object, message: string): void =>
      void lines.push({ level, message, ...fields });
  const log: Log = { info: write('info'), warn: write('warn') };
  const codes = (): (string | undefined)[] => lines.filter(({ level }) => level === 'warn').map(({ code }) => code);

  return {
    log,
    lines,
    /** Of the warnings, in order. */
    codes,
    connections: () => lines.filter(({ message }) => message.startsWith('Connected')).length,
    async warned(code: string): Promise<Line> {
      await until(() => codes().includes(code));
      return lines.find((line) => line.code === code)!;
    },
  };
}
