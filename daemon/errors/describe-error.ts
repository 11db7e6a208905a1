import { EarshotError } from './earshot-error.js';

/** For a person, mostly one line: what is wrong and, where it is known, what to do. Takes anything that can be thrown. */
export function describeError(thrown: unknown): string {
  if (thrown instanceof EarshotError) return `${thrown.message}${thrown.message.includes('\n') ? '\n' : '. '}${thrown.remedy}`;
  if (thrown instanceof Error) return thrown.message === '' ? thrown.name : thrown.message;
  return String(thrown);
}
