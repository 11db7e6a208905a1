/** One line on stderr that is written over and over, for a person who watches while stdout goes elsewhere. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

export function createProgress({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'> = process): Progress {
  // Where the lines themselves are on the screen they are progress enough.
  if (!stderr.isTTY || stdout.isTTY) return { show: () => undefined, clear: () => undefined };
  let isShown = false;
  return {
    show(text) {
      stderr.write(`\r\u001B[K${text.slice(0, Math.max(0, stderr.columns - 1))}`);
      isShown = true;
    },
    clear() {
      if (isShown) stderr.write('\r\u001B[K');
      isShown = false;
    },
  };
}
