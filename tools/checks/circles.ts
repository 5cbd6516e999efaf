// Finds circles in a directed graph: its strongly connected components, by Tarjan (1972), "Depth-first search and
// linear graph algorithms".

/**
 * Returns the groups of two or more nodes that reach each other. A node with an edge to itself is a group of one node.
 *
 * @param edges from each node to its successors; a successor without an entry has no successors
 */
export function findCircles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowestReachable = new Map<string, number>();
  const stack: string[] = [];
  const groups: string[][] = [];

  const visit = (node: string): void => {
    order.set(node, order.size);
    lowestReachable.set(node, order.get(node)!);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) {
        visit(next);
        lowestReachable.set(node, Math.min(lowestReachable.get(node)!, lowestReachable.get(next)!));
      } else if (stack.includes(next)) {
        lowestReachable.set(node, Math.min(lowestReachable.get(node)!, order.get(next)!));
      }
    }
    if (lowestReachable.get(node) !== order.get(node)) return;
    const group = stack.splice(stack.indexOf(node)).sort();
    if (group.length > 1 || edges.get(node)?.includes(node)) groups.push(group);
  };
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return groups;
}
