import { setTimeout as delay } from 'node:timers/promises';

/** Waits for something to come true; the test's timeout is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(5);
}
