/** Between the loop that hears and the work that takes its time. */
export interface Handover<Item> {
  /** Resolves when the loop may go on hearing. Never rejects. */
  give(item: Item): Promise<void>;
  /** Resolves when all that was given and not dropped is done. */
  finish(): Promise<void>;
  /** Gives up what is waiting; what is running goes on. */
  drop(): void;
}

/** For sound that can wait, as in a file: nothing more is heard until the item is done. `work` must not reject. */
export function oneAfterAnother<Item>(work: (item: Item) => Promise<void>): Handover<Item> {
  return { give: work, finish: () => Promise.resolve(), drop: () => undefined };
}

/**
 * For sound that comes at the speed of life: hearing goes on, one item may wait, and a newer one takes its place,
 * so that being slow costs windows and never memory or freshness. `work` must not reject.
 */
export function newestWins<Item>(work: (item: Item) => Promise<void>, onSkipped: (item: Item) => void): Handover<Item> {
  let waiting: { readonly item: Item } | undefined;
  let running: Promise<void> | undefined;

  const run = async (first: Item): Promise<void> => {
    await work(first);
    while (waiting !== undefined) {
      const { item } = waiting;
      waiting = undefined;
      await work(item);
    }
    running = undefined;
  };

  return {
    give(item) {
      if (running === undefined) {
        running = run(item);
      } else {
        if (waiting !== undefined) onSkipped(waiting.item);
        waiting = { item };
      }
      return Promise.resolve();
    },
    finish: async () => running,
    drop() {
      if (waiting !== undefined) onSkipped(waiting.item);
      waiting = undefined;
    },
  };
}
