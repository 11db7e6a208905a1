/** The last lines of a program's standard error. */
export interface LineTail {
  push(chunk: Buffer): void;
  lines(): readonly string[];
}

const keptLines = 20;
const longestLine = 500;

/** Bounded, whatever the program writes; passwords within addresses are taken out. */
export function createLineTail(onLine?: (line: string) => void): LineTail {
  const lines: string[] = [];
  let open = '';
  const add = (line: string): void => {
    const told = withoutPassword(line.trim().slice(0, 2 * longestLine)).slice(0, longestLine);
    if (told === '') return;
    lines.push(told);
    if (lines.length > keptLines) lines.shift();
    onLine?.(told);
  };
  return {
    push(chunk) {
      const parts = (open + chunk.toString('utf8')).split(/[\r\n]+/);
      open = parts.pop()!.slice(0, 2 * longestLine);
      for (const part of parts) add(part);
    },
    lines() {
      add(open);
      open = '';
      return lines;
    },
  };
}

/** Cameras are given passwords before the host, even with a slash or an at sign in them, and after the question mark. */
function withoutPassword(line: string): string {
  return line.replaceAll(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, (url) => url.replace(/\/\/\S*@/, '//***@').replace(/\?[^\s'")\]]+/, '?***'));
}
