/** What became of events that were published in this order: lost, received twice, received after a newer one. */
export function account(published: readonly string[], received: readonly string[]) {
  const distinct = [...new Set(received)];
  const place = new Map(published.map((id, index) => [id, index]));
  const outOfOrder = distinct.filter((id, at) => at > 0 && (place.get(id) ?? -1) < (place.get(distinct[at - 1]!) ?? -1));
  return {
    published: published.length,
    lost: published.filter((id) => !received.includes(id)).length,
    duplicated: received.length - distinct.length,
    outOfOrder: outOfOrder.length,
    strange: distinct.filter((id) => !place.has(id)).length,
  };
}
