/** Books every event that leaves the daemon and every one that arrives, topic by topic: which came twice, and which after a newer one. */
export function createLedger() {
  const sent = new Set<string>();
  const seen = new Set<string>();
  const newest = new Map<string, string>();
  const counts = { published: 0, received: 0, late: 0, duplicated: 0, out_of_order: 0 };

  return {
    counts,
    distinct: () => seen.size,
    /** Ids of what left and has not arrived. */
    missing: () => [...sent].filter((id) => !seen.has(id)),
    published(id: string): void {
      sent.add(id);
      counts.published += 1;
    },
    received(topic: string, id: string): void {
      counts.received += 1;
      if (seen.has(id)) {
        counts.duplicated += 1;
        return;
      }
      seen.add(id);
      if (topic.endsWith('/late')) counts.late += 1;
      // Ids ascend as text.
      if (id < (newest.get(topic) ?? '')) counts.out_of_order += 1;
      else newest.set(topic, id);
    },
  };
}
