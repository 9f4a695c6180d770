import type { Organisation } from '@thimble/protocol';

export interface TreeNode {
  readonly organisation: Organisation;
  /** 0: nobody above it is in the list. */
  readonly depth: number;
  /** The names of those above it in the list, from the top. */
  readonly above: readonly string[];
}

/** Every organisation once, each before those below it, neighbours in the order in which they came. */
export function toTree(organisations: readonly Organisation[]): readonly TreeNode[] {
  const known = new Set(organisations.map(({ id }) => id));
  const below = new Map<string | null, Organisation[]>();
  for (const one of organisations) {
    const parent = one.parentId !== null && known.has(one.parentId) ? one.parentId : null;
    below.set(parent, [...(below.get(parent) ?? []), one]);
  }
  const nodes: TreeNode[] = [];
  const walk = (parent: string | null, above: readonly string[]): void => {
    for (const organisation of below.get(parent) ?? []) {
      nodes.push({ organisation, depth: above.length, above });
      walk(organisation.id, [...above, organisation.name]);
    }
  };
  walk(null, []);
  return nodes;
}

/** Those whose name holds the text, and those above them, so that one sees where they belong. */
export function matching(nodes: readonly TreeNode[], text: string): readonly TreeNode[] {
  const wanted = text.trim().toLowerCase();
  const hit = ({ organisation: { name } }: TreeNode): boolean => name.toLowerCase().includes(wanted);
  return nodes.filter((node, index) => hit(node) || belowOf(nodes, index).some(hit));
}

function belowOf(nodes: readonly TreeNode[], index: number): readonly TreeNode[] {
  const depth = nodes[index]?.depth ?? 0;
  const end = nodes.findIndex((node, at) => at > index && node.depth <= depth);
  return nodes.slice(index + 1, end < 0 ? nodes.length : end);
}
