import { EarshotError } from './earshot-error.js';

/** One line for a person: what is wrong and, where it is known, what to do. Takes anything that can be thrown. */
export function describeError(thrown: unknown): string {
  if (thrown instanceof EarshotError) return `${thrown.message}. ${thrown.remedy}`;
  if (thrown instanceof Error) return thrown.message === '' ? thrown.name : thrown.message;
  return String(thrown);
}
