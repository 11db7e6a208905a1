/** Where whole lines go. */
export interface LineStream {
  write(line: string): void;
}

/** A stream that pino tells about each line before it writes it. */
export interface LevelledStream extends LineStream {
  /** 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
  lastLevel: number;
  lastMsg: string | undefined;
}

const metadata = Symbol.for('pino.metadata');

/** Asks pino to tell. */
export function markLevelled(stream: LevelledStream): LevelledStream {
  return Object.assign(stream, { [metadata]: true });
}
