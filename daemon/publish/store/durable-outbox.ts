import type { CaptionEvent } from '../../event/caption-event.js';
import { createMemoryOutbox, type Waiting } from '../delivery/memory-outbox.js';
import type { Outbox, OutboxOptions, OutboxParts } from '../delivery/outbox.js';
import type { JournalFolder } from './journal-folder.js';
import { defaultKeep, keepJournal, type KeepOptions } from './keep-journal.js';
import type { KeptEvent } from './record.js';

/**
 * An outbox that outlasts a killed process and a power cut. Events wait in memory, and a journal on disk is kept of
 * them: an event is taken once it has been written there, and the next one once the departure of the last has been.
 * So nothing that was written is lost with the process, and one event at most is delivered twice. Where the disk
 * fails it says so once and goes on in memory, until the disk is well again.
 *
 * Our own journal, because the stores that come without a compiler did not pass (measured): classic-level 3.0.0 lost a
 * write that it had synced and confirmed after a full disk, and 16 events of 1000 without a word after one wrong bit;
 * lmdb ends the process with SIGBUS on a shortened file; node-sqlite3-wasm stays locked after a SIGKILL.
 */
export function createDurableOutbox(options: OutboxOptions, folder: JournalFolder, parts: OutboxParts, keep: KeepOptions = defaultKeep): Outbox {
  const { clock, log, onDrop, onReady } = parts;
  const kept = ({ event, since }: Waiting): KeptEvent => ({ event, at: clock.now() - (clock.elapsed() - since) });
  // A journal from the future was written by a clock that was wrong, or is read by one that is: its events begin anew.
  const restored = ({ event, at }: KeptEvent): Waiting => ({ event, since: clock.elapsed() - Math.max(0, clock.now() - at), isRestored: true });

  const memory = createMemoryOutbox(options, clock, onDrop, {
    added: (waiting) => keeper.added(kept(waiting)),
    gone: ({ id }: CaptionEvent) => keeper.gone(id),
  });
  const original = {
    restore(events: readonly KeptEvent[]): void {
      if (events.length > 0) log.info({ events_restored: events.length }, `${events.length} caption events of an earlier run are still waiting for the MQTT broker`);
      memory.restore(events.map(restored));
    },
    list: () => memory.list().map(kept),
    waiting: () => memory.waiting(),
  };
  const keeper = keepJournal(folder, original, keep, {
    ...parts,
    onAbreast: onReady,
    onFailure: ({ code, remedy, message }) => log.warn({ code, remedy }, `${message}. They are kept in memory`),
    onRecovery: () => log.info({ outbox: folder.path }, 'Caption events are kept on disk again'),
    onDamage: (file, events) =>
      log.warn(
        { code: 'OUTBOX_DAMAGED', remedy: 'Check the disk: a memory card that is worn out shows so. The file is text, an event a line.', file },
        `The journal of caption events was damaged and is set aside as ${file}; ${events} events could be read`,
      ),
  });

  return {
    ...memory,
    take: (freshMs) => (keeper.isAbreast() ? memory.take(freshMs) : undefined),
    state: () => (keeper.hasFailed() ? 'failing' : 'disk'),
    close: () => keeper.close(),
  };
}
