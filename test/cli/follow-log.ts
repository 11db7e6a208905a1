import type { Running } from './run-earshot.js';

export type LogLine = Readonly<Record<string, unknown>>;

/** Reads the daemon's log as it is written. */
export function followLog({ stdout }: Running) {
  const lines: LogLine[] = [];
  let rest = '';
  let isOver = false;
  let wake = (): void => undefined;
  stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as LogLine);
    wake();
  });
  stdout.on('close', () => {
    isOver = true;
    wake();
  });

  return {
    lines,
    /** Resolves with the `count`th line of that message, past or to come. */
    async line(msg: string, count = 1): Promise<LogLine> {
      for (;;) {
        const found = lines.filter((line) => line['msg'] === msg)[count - 1];
        if (found !== undefined) return found;
        if (isOver) throw new Error(`the log ended without "${msg}":\n${lines.map((line) => JSON.stringify(line)).join('\n')}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
