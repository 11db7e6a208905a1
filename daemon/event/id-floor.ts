import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { IdFloor } from './event-ids.js';

// A damaged file must not push ids into a future in which they stay.
const farthestFuture = Date.UTC(2200, 0);

/** An `IdFloor` in a small file. A file that cannot be read or written is told once through `onProblem`. */
export function fileIdFloor(file: string, onProblem: (problem: unknown) => void): IdFloor {
  let isTold = false;
  const tell = (problem: unknown): void => {
    if (!isTold) onProblem(problem);
    isTold = true;
  };

  return {
    read() {
      try {
        const text = readFileSync(file, 'utf8');
        if (/^\d{1,13}$/.test(text) && Number(text) < farthestFuture) return Number(text);
        tell(new Error(`${file} holds no time; event ids start from the clock`));
      } catch (problem) {
        if ((problem as NodeJS.ErrnoException).code !== 'ENOENT') tell(problem);
      }
      return 0;
    },
    reserve(until) {
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        // Synced and renamed into place: a power cut leaves the old file or the new one, never half of one.
        writeFileSync(`${file}.new`, String(until), { mode: 0o600, flush: true });
        renameSync(`${file}.new`, file);
      } catch (problem) {
        tell(problem);
      }
    },
  };
}
