export interface ReasonGroup {
  readonly why: string;
  readonly names: string[];
}

/** Names by the reason that they share, in the order in which the reasons first come: fifty equal lines read as one. */
export function reasonGroups(items: readonly { readonly name: string; readonly why: string }[]): ReasonGroup[] {
  const groups = new Map<string, string[]>();
  for (const { name, why } of items) groups.set(why, [...(groups.get(why) ?? []), name]);
  return [...groups].map(([why, names]) => ({ why, names }));
}
