// Circles in a directed graph: its strongly connected components, by Tarjan (1972), "Depth-first search and linear
// graph algorithms".

/**
 * Groups of nodes that reach each other, with two nodes or more; a node with an edge to itself is a group of one.
 *
 * @param edges from each node to its successors; a successor without an entry of its own has none
 */
export function circles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];

  const visit = (node: string): void => {
    order.set(node, order.size);
    lowest.set(node, order.get(node)!);
    open.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) {
        visit(next);
        lowest.set(node, Math.min(lowest.get(node)!, lowest.get(next)!));
      } else if (open.includes(next)) {
        lowest.set(node, Math.min(lowest.get(node)!, order.get(next)!));
      }
    }
    if (lowest.get(node) !== order.get(node)) return;
    const group = open.splice(open.indexOf(node)).sort();
    if (group.length > 1 || edges.get(node)?.includes(node)) found.push(group);
  };
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return found;
}
