import { EarshotError } from '../../errors/earshot-error.js';

export type StoreErrorCode =
  | 'OUTBOX_DISK_FULL'
  | 'OUTBOX_READ_ONLY'
  | 'OUTBOX_FORBIDDEN'
  | 'OUTBOX_IN_USE'
  | 'OUTBOX_DISK_SLOW'
  | 'OUTBOX_DISK_FAILED';

/** What keeps waiting events from being kept on disk. */
export class StoreError extends EarshotError {
  declare readonly code: StoreErrorCode;

  constructor(options: { code: StoreErrorCode; message: string; remedy: string; cause?: unknown }) {
    super(options);
  }
}

interface Explanation {
  readonly code: StoreErrorCode;
  readonly what: string;
  readonly remedy: string;
}

const full: Explanation = { code: 'OUTBOX_DISK_FULL', what: 'the disk is full', remedy: 'Make room on it; the daemon notices by itself.' };
const forbidden: Explanation = {
  code: 'OUTBOX_FORBIDDEN',
  what: 'it may not be read and written',
  remedy: 'Give the folder and what is in it to the user that Earshot runs as, or set outbox.folder to another one.',
};
const explanations: Readonly<Record<string, Explanation>> = {
  ENOSPC: full,
  EDQUOT: full,
  EROFS: { code: 'OUTBOX_READ_ONLY', what: 'the file system is read-only', remedy: 'Mount it for writing, or set outbox.on_disk: false where that is on purpose.' },
  EACCES: forbidden,
  EPERM: forbidden,
  EADDRINUSE: {
    code: 'OUTBOX_IN_USE',
    what: 'another Earshot uses it',
    remedy: 'Stop the other one, or give this one a folder of its own with outbox.folder.',
  },
};

/** Names what the operating system says about the folder. */
export function nameStoreFailure(folder: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const { code = '', message = String(cause) } = cause as NodeJS.ErrnoException;
  const { code: name, what, remedy } = explanations[code] ?? {
    code: 'OUTBOX_DISK_FAILED',
    what: message,
    remedy: 'Check the disk, or set outbox.folder to a folder on another one.',
  };
  return new StoreError({ code: name, message: `Caption events cannot be kept in ${folder}: ${what}`, remedy, cause });
}

/** The disk has not answered for so long that events no longer wait for it. */
export function diskIsSlow(folder: string): StoreError {
  return new StoreError({
    code: 'OUTBOX_DISK_SLOW',
    message: `Caption events cannot be kept in ${folder} for now: the disk does not answer`,
    remedy: 'A memory card that stalls often wears out; the daemon goes on by itself when the disk answers.',
  });
}
