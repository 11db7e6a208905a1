import { readFileSync } from 'node:fs';

/** Memory of a process and its children now, MB. RSS counts shared pages in every process, PSS divides them. */
export interface MemorySample {
  readonly rss: number;
  readonly pss: number;
  /** RSS of the process alone. */
  readonly own: number;
}

/** Reads /proc; a child that has just ended counts nothing. */
export function sampleMemory(pid: number): MemorySample {
  const tree = [pid, ...descendants(pid)];
  const rss = tree.map((process) => kilobytes(process, 'Rss'));
  const pss = tree.map((process) => kilobytes(process, 'Pss'));
  return { rss: megabytes(rss), pss: megabytes(pss), own: megabytes(rss.slice(0, 1)) };
}

function descendants(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function kilobytes(pid: number, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

function megabytes(values: readonly number[]): number {
  return Number((values.reduce((sum, value) => sum + value, 0) / 1024).toFixed(1));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
