import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';

import type { Timers } from '../../time/timers.js';
import type { SourceError } from '../source-error.js';
import { endChild, type CaptureChild } from './end-child.js';
import { createLineTail } from './line-tail.js';

/** How a capture ended that nobody asked to end. */
export type CaptureEnding =
  | { readonly how: 'not-started'; readonly error: Error }
  | { readonly how: 'exited'; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly how: 'stalled'; readonly afterMs: number };

export interface CaptureOptions {
  /** Starts a program that writes sound to its standard output. */
  readonly start: () => ChildProcess;
  /** Says why it ended; `complaints` are the last lines of its standard error. */
  readonly explain: (ending: CaptureEnding, complaints: readonly string[]) => SourceError;
  /** Called with each line of its standard error; what it returns is why the capture is of no use. */
  readonly onComplaint?: (line: string) => SourceError | undefined;
  /** How long it may deliver nothing before it is given up, ms. */
  readonly stallMs: number;
  readonly timers: Timers;
}

/** Sound that may wait here; what a slow reader leaves beyond waits in the pipe, then is lost at the sound card. */
const bufferedBytes = 2 ** 17;

/**
 * The bytes that a capture program delivers, from its first to its last. Ends when `signal` aborts; the program
 * is gone then. Capture has no end of its own: whatever else ends it, exit code 0 too, throws what `explain` says.
 */
export async function* readCapture(options: CaptureOptions, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const isAborted = (): boolean => signal.aborted;
  if (isAborted()) return;
  const { explain, onComplaint, stallMs, timers } = options;
  const child = startChild(options);
  if (child instanceof Error) throw explain({ how: 'not-started', error: child }, []);
  if (!hasPipes(child)) throw explain({ how: 'not-started', error: await errorOf(child) }, []);

  // From here to the loop nothing may be awaited: an event that finds no listener is lost or ends the daemon.
  const sound = new PassThrough({ highWaterMark: bufferedBytes });
  let refusal: SourceError | undefined;
  const complaints = createLineTail((line) => {
    refusal ??= onComplaint?.(line);
    if (refusal !== undefined) end();
  });
  let ending: CaptureEnding | undefined;
  let ended: Promise<void> | undefined;
  let cancelStall: () => void = () => undefined;
  /** The program is ended at once, whether or not somebody still reads what it has delivered. */
  const end = (how?: CaptureEnding): void => {
    ending ??= how;
    cancelStall();
    child.stdout.unpipe(sound).resume(); // a program that waits for its pipe to empty obeys no signal
    sound.end();
    ended ??= endChild(child, timers);
  };
  const stop = (): void => end();
  signal.addEventListener('abort', stop, { once: true });

  const waitForSound = (): void => {
    cancelStall();
    if (ended !== undefined) return;
    cancelStall = timers.after(stallMs, () => {
      if (sound.writableNeedDrain) waitForSound(); // its reader is slow, not the program
      else end({ how: 'stalled', afterMs: stallMs });
    });
  };
  waitForSound();

  child.on('error', (error) => end({ how: 'not-started', error }));
  child.once('close', (code, killedBy) => end({ how: 'exited', code, signal: killedBy }));
  child.stdout.on('error', () => undefined); // node-record-lpcm16 repeats here as a string what 'close' tells
  child.stdout.on('data', waitForSound);
  child.stdout.pipe(sound, { end: false });
  child.stderr.on('error', () => undefined);
  child.stderr.on('data', complaints.push);

  try {
    for await (const chunk of sound) {
      if (isAborted()) return;
      yield chunk as Uint8Array;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    end();
    await ended;
  }
  if (isAborted()) return;
  if (refusal !== undefined) throw refusal;
  if (ending !== undefined) throw explain(ending, complaints.lines());
}

function startChild({ start }: CaptureOptions): ChildProcess | Error {
  try {
    return start();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Against its type, a child that no descriptor was left for has none; the error that says so is on its way. */
function hasPipes(child: ChildProcess): child is CaptureChild {
  return child.stdout instanceof Readable && child.stderr instanceof Readable;
}

async function errorOf(child: ChildProcess): Promise<Error> {
  const [error] = (await once(child, 'error').catch((reason: unknown) => [reason])) as [Error];
  return error;
}
