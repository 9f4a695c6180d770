import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import type { Approver, ApproverSet, ProposeApproversRequest } from '@thimble/protocol';
import { keyThumbprint } from '@thimble/protocol/signing';
import { usageError } from '../../cli-error.ts';

/** The present set with some changes: people keep their ids, so that nobody counts twice. */
export async function nextApprovers(
  present: ApproverSet | null,
  changes: {
    readonly threshold: number | undefined;
    /** Left out: the server decides, see `ProposeApproversRequest`. */
    readonly keyFilesAtLeast: number | undefined;
    /** `NAME=FILE` or `NAME=KEY`. */
    readonly added: readonly string[];
    /** With their passkeys. */
    readonly people: readonly Approver[];
    readonly removed: readonly string[];
    /** Who signs in at the server: a key file that is added under a person's name is that person's. */
    readonly known: readonly Pick<Approver, 'id' | 'name'>[];
  },
): Promise<ProposeApproversRequest> {
  const { threshold = present?.threshold } = changes;
  if (threshold === undefined) throw usageError('how many have to sign?', 'For example: --threshold 2');
  const gone = new Set(changes.removed);
  const unknown = changes.removed.find((name) => present?.approvers.some((each) => each.name === name) !== true);
  if (unknown !== undefined) throw usageError(`nobody of the present set is called ${JSON.stringify(unknown)}`);
  const people = new Map<string, Approver>(
    (present?.approvers ?? []).filter(({ name }) => !gone.has(name)).map((approver) => [approver.name, approver]),
  );
  for (const person of changes.people) {
    const known = people.get(person.name)?.keys ?? [];
    people.set(person.name, { ...person, keys: [...known.filter(({ kind }) => kind === 'file'), ...person.keys] });
  }
  for (const text of changes.added) {
    const { name, publicKey } = await keyOf(text);
    const before = people.get(name);
    const id = changes.known.find((person) => person.name === name)?.id ?? before?.id ?? randomUUID();
    const key = { kind: 'file', keyid: keyThumbprint(publicKey), publicKey } as const;
    people.set(name, { id, name, keys: [...(before?.keys ?? []), key] });
  }
  const { keyFilesAtLeast } = changes;
  return { threshold, ...(keyFilesAtLeast === undefined ? {} : { keyFilesAtLeast }), approvers: [...people.values()] };
}

async function keyOf(text: string): Promise<{ readonly name: string; readonly publicKey: string }> {
  const at = text.lastIndexOf('=');
  const name = text.slice(0, at).trim();
  const given = text.slice(at + 1).trim();
  if (at < 1 || name === '' || given === '')
    throw usageError(`${JSON.stringify(text)} is no NAME=KEY`, 'For example: --approver "Ada Lovelace=ada.key.pub"');
  if (isKey(given)) return { name, publicKey: given };
  const publicKey = (await readFile(given, 'utf8').catch(() => '')).trim();
  if (isKey(publicKey)) return { name, publicKey };
  throw usageError(`${given} holds no public key`, 'thimble approve keygen FILE writes one to FILE.pub');
}

/** Raw Ed25519, base64url. */
function isKey(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}
