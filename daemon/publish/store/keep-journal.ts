import { backOffDelay, defaultBackOff as backOff } from '../../time/back-off.js';
import { createBell } from '../../time/bell.js';
import type { Surroundings } from '../surroundings.js';
import type { JournalFile, JournalFolder } from './journal-folder.js';
import { doneLine, journalHeader, readJournal, waitingLine, type KeptEvent } from './record.js';
import { diskIsSlow, nameStoreFailure, type StoreError } from './store-error.js';
import { createSyncDue } from './sync-due.js';

export interface KeepOptions {
  /** What still waits so long after it was written, and that a synced event has left, is synced, ms. */
  readonly syncAfterMs: number;
  /** So long events wait for the disk before they leave without it, ms. */
  readonly patienceMs: number;
  /** A journal that has grown beyond this, and to several times what it has to hold, is written anew. */
  readonly tidyBytes: number;
}

export const defaultKeep: KeepOptions = { syncAfterMs: 1000, patienceMs: 2000, tidyBytes: 256 * 1024 };

/** The events of which the journal is a copy. */
export interface Original {
  /** What the journal held when it was first read. */
  restore(events: readonly KeptEvent[]): void;
  list(): readonly KeptEvent[];
  waiting(): number;
}

export interface KeeperParts extends Surroundings {
  readonly onFailure: (failure: StoreError) => void;
  readonly onDamage: (file: string, events: number) => void;
  readonly onRecovery: () => void;
  /** The journal has caught up, or is not waited for any more. */
  readonly onAbreast: () => void;
}

/** Keeps a journal of what waits. No method throws or waits for the disk. */
export interface Keeper {
  added(event: KeptEvent): void;
  gone(id: string): void;
  /** All that was added or is gone has been written, or the disk is not waited for. */
  isAbreast(): boolean;
  hasFailed(): boolean;
  /** Writes and syncs what is left. */
  close(): Promise<void>;
}

// A jump beyond what a clock is adjusted by in small steps.
const clockJumpMs = 10_000;
const clockWatchMs = 30_000;

export function keepJournal(folder: JournalFolder, original: Original, options: KeepOptions, parts: KeeperParts): Keeper {
  const { clock, timers, random, onFailure, onDamage, onRecovery, onAbreast } = parts;
  const bell = createBell(timers);
  const due = createSyncDue(options.syncAfterMs, clock);
  /** Lines that no write has taken along yet. */
  let text = '';
  /** Lines count from the moment of the snapshot that a journal begins with. */
  let isRecording = false;
  let isWriting = true;
  let isRead = false;
  let isDamaged = false;
  let failure: StoreError | undefined;
  let isClosing = false;
  let giveBack: (() => Promise<void>) | undefined;
  let bytes = 0;
  let snapshotBytes = 0;
  let clockOffset = 0;

  const fail = (cause: unknown): void => {
    const named = nameStoreFailure(folder.path, cause);
    isRecording = false;
    if (failure?.code !== named.code) onFailure(named);
    failure = named;
    onAbreast();
  };
  const record = (line: string): void => {
    if (!isRecording) return;
    text += line;
    bell.ring();
  };

  /** Waits for the disk; lets events go on without it where that takes too long, and then they are not recorded. */
  const patiently = async <Value>(work: Promise<Value>): Promise<Value> => {
    const cancel = timers.after(options.patienceMs, () => fail(diskIsSlow(folder.path)));
    return work.finally(cancel);
  };

  const read = async (): Promise<void> => {
    const journal = readJournal((await patiently(folder.read())) ?? Buffer.alloc(0));
    isDamaged = journal.isDamaged;
    isRead = true;
    original.restore(journal.events);
  };
  const putAside = async (): Promise<void> => {
    const file = await patiently(folder.setAside());
    isDamaged = false;
    onDamage(file, original.waiting());
  };
  const startJournal = async (): Promise<JournalFile> => {
    isRecording = true;
    isWriting = true;
    text = '';
    due.clear();
    clockOffset = clock.now() - clock.elapsed();
    const snapshot = journalHeader + original.list().map(waitingLine).join('');
    bytes = snapshotBytes = Buffer.byteLength(snapshot);
    const file = await patiently(folder.replace(snapshot));
    isWriting = false;
    return file;
  };
  const isOutgrown = (): boolean => bytes > options.tidyBytes && bytes > 4 * snapshotBytes;
  const hasClockJumped = (): boolean => Math.abs(clock.now() - clock.elapsed() - clockOffset) > clockJumpMs;

  /** Returns when the journal has to be written anew, or is done with. */
  const write = async (file: JournalFile): Promise<void> => {
    while (isRecording) {
      if (text !== '') {
        const lines = text;
        text = '';
        isWriting = true;
        bytes += Buffer.byteLength(lines);
        await patiently(file.append(lines));
        isWriting = false;
        if (text === '') onAbreast();
      } else if (due.inMs() <= 0 || (isClosing && due.inMs() < Number.POSITIVE_INFINITY)) {
        due.clear();
        await patiently(file.sync());
      } else if (isClosing || isOutgrown() || hasClockJumped()) {
        return;
      } else {
        const idle = original.waiting() > 0 ? clockWatchMs : Number.POSITIVE_INFINITY;
        const ms = Math.min(due.inMs(), idle);
        await bell.wait(Number.isFinite(ms) ? ms : undefined);
      }
    }
  };

  /** Returns when all is written and nothing more will come. */
  const keep = async (): Promise<void> => {
    giveBack ??= await patiently(folder.lock());
    if (!isRead) await read();
    if (isDamaged) await putAside();
    do {
      const file = await startJournal();
      try {
        if (isRecording) {
          if (failure !== undefined) onRecovery();
          failure = undefined;
          onAbreast();
        }
        await write(file);
      } finally {
        await file.close().catch(() => undefined);
      }
      // What happened since the disk was given up is not in this journal.
      if (!isRecording) throw diskIsSlow(folder.path);
    } while (!isClosing);
  };

  const persist = async (): Promise<void> => {
    let failures = 0;
    do {
      const began = clock.elapsed();
      await keep().catch(fail);
      failures = clock.elapsed() - began > backOff.longestMs ? 1 : failures + 1;
      if (!isClosing) await bell.wait(backOffDelay(failures, backOff, random));
    } while (!isClosing);
    isRecording = false;
    isWriting = false;
    text = '';
    await giveBack?.().catch(() => undefined);
  };
  const persisting = persist();

  return {
    added(event) {
      due.added(event.event.id);
      record(waitingLine(event));
    },
    gone(id) {
      due.gone(id);
      record(doneLine(id));
    },
    isAbreast: () => failure !== undefined || (!isWriting && text === ''),
    hasFailed: () => failure !== undefined,
    close() {
      isClosing = true;
      bell.ring();
      return persisting;
    },
  };
}
