import type { RepositorySummary, SnapshotSummary } from '@thimble/protocol';
import type { Client } from '../client/index.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { listing } from '../terminal/index.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** By name, id or `last`. @throws CliError `unknown-snapshot`, `ambiguous-snapshot` */
export async function resolveSnapshot(client: Client, text: string): Promise<SnapshotSummary> {
  const { items } = await client.snapshots();
  const last = text === 'last' ? items.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0] : undefined;
  return last ?? pick(items, text, 'snapshot', 'There is none: thimble content snapshot makes one.');
}

/** By name or id. @throws CliError `unknown-repository`, `ambiguous-repository` */
export async function resolveRepository(client: Client, text: string): Promise<RepositorySummary> {
  return pick((await client.repositories()).items, text, 'repository', 'There is none: see thimble content proposals.');
}

/** Exactly so called, else the only one whose name begins, or whose id begins or ends, like this. */
export function pick<Item extends Named>(items: readonly Item[], text: string, kind: string, whenNone: string): Item {
  const exact = items.filter(({ id, name }) => id === text || name === text);
  const found =
    exact.length > 0
      ? exact
      : items.filter(
          ({ id, name }) => text.length > 1 && (name.startsWith(text) || id.startsWith(text) || id.endsWith(text)),
        );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined)
    throw new CliError(`unknown-${kind}`, `no ${kind} is called ${JSON.stringify(text)}`, {
      hint:
        items.length === 0
          ? whenNone
          : `There are ${listing(
              items.map(({ name }) => name),
              8,
            )}.`,
      exitCode: EXIT.usage,
    });
  throw new CliError(
    `ambiguous-${kind}`,
    `${JSON.stringify(text)} could be ${listing(
      found.map(({ name, id }) => `${name} (${id})`),
      8,
    )}`,
    { hint: 'Give the id, or more of the name.', exitCode: EXIT.usage },
  );
}
