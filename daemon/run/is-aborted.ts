/** Read anew each time: of a property TypeScript believes that what it has seen false stays so. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
