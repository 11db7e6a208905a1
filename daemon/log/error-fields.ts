import { EarshotError } from '../errors/earshot-error.js';

/** A failure as log readers see it. Failures that nobody foresaw come with their stack. */
export function errorFields(thrown: unknown): Record<string, unknown> {
  if (thrown instanceof EarshotError) {
    const { code, message, remedy } = thrown;
    return { code, message, remedy };
  }
  if (thrown instanceof Error) return { message: thrown.message, stack: thrown.stack };
  return { message: String(thrown) };
}
