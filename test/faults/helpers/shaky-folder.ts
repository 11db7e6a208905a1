import type { JournalFile, JournalFolder } from '../../../daemon/publish/store/journal-folder.js';

type Step = 'lock' | 'read' | 'setAside' | 'replace' | 'append' | 'sync';

/** A folder in memory whose disk can fail, hang and lose its power. */
export function shakyFolder() {
  /** As the kernel has it, and as it is on the disk. */
  let written: string | undefined;
  let synced: string | undefined;
  const counts = { appends: 0, appendedBytes: 0, syncs: 0, replaces: 0 };
  const failures = new Map<Step, string>();
  let release: (() => void) | undefined;
  let hanging: Promise<void> | undefined;

  const step = async (name: Step): Promise<void> => {
    await hanging;
    const code = failures.get(name);
    if (code !== undefined) throw Object.assign(new Error(`${code}: ${name}`), { code });
  };
  const file: JournalFile = {
    async append(text) {
      await step('append');
      written = (written ?? '') + text;
      counts.appends += 1;
      counts.appendedBytes += Buffer.byteLength(text);
    },
    async sync() {
      await step('sync');
      synced = written;
      counts.syncs += 1;
    },
    close: () => Promise.resolve(),
  };
  const folder: JournalFolder = {
    path: '/shaky',
    async lock() {
      await step('lock');
      return () => Promise.resolve();
    },
    async read() {
      await step('read');
      return written === undefined ? undefined : Buffer.from(written);
    },
    async setAside() {
      await step('setAside');
      return '/shaky/aside';
    },
    async replace(text) {
      await step('replace');
      written = synced = text;
      counts.replaces += 1;
      return file;
    },
  };

  return {
    folder,
    counts,
    /** From now on this step fails with this code; undefined: it works again. */
    fail(name: Step, code: string | undefined): void {
      if (code === undefined) failures.delete(name);
      else failures.set(name, code);
    },
    /** From now on nothing is answered. */
    hang(): void {
      hanging = new Promise((resolve) => (release = resolve));
    },
    answer(): void {
      hanging = undefined;
      release?.();
    },
    /** What another start finds after the power was cut: what was synced, and any part of the rest. */
    afterPowerCut(share: number): JournalFolder {
      const certain = synced ?? '';
      const left = shakyFolder();
      left.write(certain + (written ?? '').slice(certain.length, certain.length + Math.floor(((written ?? '').length - certain.length) * share)));
      return left.folder;
    },
    write(text: string): void {
      written = synced = text;
    },
  };
}
