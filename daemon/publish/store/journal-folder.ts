import { constants } from 'node:fs';
import { link, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from './lock-folder.js';

/** The journal as it is being written. */
export interface JournalFile {
  append(text: string): Promise<void>;
  /** Resolves when what has been appended outlasts a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Where the journal lives. What is rejected with is the operating system's own error. */
export interface JournalFolder {
  readonly path: string;
  /** Makes the folder if need be and takes it for this process; resolves with what gives it back. */
  lock(): Promise<() => Promise<void>>;
  /** The journal; undefined where there is none yet, text that is no journal where something else is in its place. */
  read(): Promise<Buffer | undefined>;
  /** Puts a journal that is damaged out of the way and resolves with where; the newest three are kept. */
  setAside(): Promise<string>;
  /** Puts a new journal in the place of the old one: after a power cut there is one or the other. */
  replace(text: string): Promise<JournalFile>;
}

const asideCount = 3;
// Many times what the largest outbox needs.
const largestBytes = 64 * 2 ** 20;
const notOne = Buffer.from('not a journal\n');

// Nobody else reads what was heard, and no link that somebody else put there is followed.
const mode = 0o600;
const newFile = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const oldFile = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export function journalFolder(path: string): JournalFolder {
  const journal = join(path, 'journal');
  const next = `${journal}.new`;
  const aside = (number: number): string => `${journal}.damaged-${number}`;

  return {
    path,
    async lock() {
      await mkdir(path, { recursive: true, mode: 0o700 });
      return lockFolder(path);
    },
    async read() {
      try {
        const file = await open(journal, oldFile);
        try {
          const status = await file.stat();
          if (!status.isFile() || status.size > largestBytes) return notOne;
          return await file.readFile();
        } finally {
          await file.close();
        }
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined;
        // A link, or sectors that cannot be read: waiting for it to mend itself would be in vain.
        if (hasCode(error, 'ELOOP') || hasCode(error, 'EIO')) return notOne;
        throw error;
      }
    },
    async setAside() {
      await rm(aside(asideCount), { recursive: true, force: true });
      for (let number = asideCount - 1; number > 0; number -= 1) {
        await rename(aside(number), aside(number + 1)).catch(ignoreMissing);
      }
      // A second name leaves no moment without a journal; where there are no second names it has to move.
      await link(journal, aside(1)).catch(() => rename(journal, aside(1)));
      return aside(1);
    },
    async replace(text) {
      await rm(next, { force: true });
      const file = await open(next, newFile, mode);
      try {
        await file.appendFile(text);
        await file.datasync();
        await rename(next, journal);
        await syncFolder(path);
      } catch (error) {
        await file.close().catch(() => undefined);
        await rm(next, { force: true }).catch(() => undefined);
        throw error;
      }
      return journalFile(file);
    },
  };
}

function journalFile(file: FileHandle): JournalFile {
  return { append: (text) => file.appendFile(text), sync: () => file.datasync(), close: () => file.close() };
}

/** A new name outlasts a power cut only when the folder has been synced too: fsync(2). */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function ignoreMissing(error: unknown): void {
  if (!hasCode(error, 'ENOENT')) throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
