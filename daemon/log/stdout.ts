import { fstatSync } from 'node:fs';
import { pino, type DestinationStream } from 'pino';
import { withPriority } from './with-priority.js';

/**
 * Where the log of the daemon goes: stdout, written line by line before the call returns, for what waits in a
 * buffer is lost with a process that is killed. Lines that go to journald carry their priority.
 */
export function stdout(environment: NodeJS.ProcessEnv = process.env): DestinationStream {
  const plain = pino.destination({ fd: 1, sync: true });
  // Whoever read the lines may go away; the daemon goes on.
  plain.on('error', () => undefined);
  return goesToJournal(environment, 1) ? withPriority(plain) : plain;
}

/** systemd.exec(5): JOURNAL_STREAM holds device and inode of the stream, so that `earshot run | jq` is told apart. */
export function goesToJournal({ JOURNAL_STREAM }: NodeJS.ProcessEnv, descriptor: number): boolean {
  if (JOURNAL_STREAM === undefined || JOURNAL_STREAM === '') return false;
  try {
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    return JOURNAL_STREAM === `${dev}:${ino}`;
  } catch {
    return false;
  }
}
