import { generateSigningKey, signingKeyFromPem, signingKeyToPem } from '@thimble/protocol/signing';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Disk } from '../state/disk.ts';
import { KEY_FILE, NEW_KEY_FILE } from '../state/identity.ts';
import { changeKey, isChanging, reintroduceKey, type KeyExchange } from './change-key.ts';

type Fate = 'fine' | 'crash-before' | 'crash-after' | 'lost-request' | 'lost-reply';

class Crash extends Error {}
class Lost extends Error {}

/** An endpoint's disk and a server with as much of a mind as keys need; each step of both meets the next fate. */
function makeWorld(fates: readonly Fate[]) {
  const first = generateSigningKey();
  const files = new Map<string, string>([[KEY_FILE, signingKeyToPem(first)]]);
  const server = { present: first.keyid, offered: null as string | null, retired: new Set<string>() };
  let step = 0;

  const keysOnDisk = () =>
    [KEY_FILE, NEW_KEY_FILE].flatMap((name) => {
      const pem = files.get(name);
      return pem === undefined ? [] : [signingKeyFromPem(pem).keyid];
    });

  function touch<T>(effect: () => T, isRemote: boolean): T {
    const fate = fates[step] ?? 'fine';
    step += 1;
    if (fate === 'crash-before') throw new Crash();
    if (isRemote && fate === 'lost-request') throw new Lost();
    const result = effect();
    // Whatever is cut off now, one of the keys that are left opens the server.
    expect(keysOnDisk()).toContain(server.present);
    if (fate === 'crash-after') throw new Crash();
    if (isRemote && fate === 'lost-reply') throw new Lost();
    return result;
  }

  const disk: Disk = {
    read: async (name) => (files.has(name) ? Buffer.from(files.get(name) ?? '') : null),
    write: async (name, data) => touch(() => void files.set(name, String(data)), false),
    remove: async (name) => touch(() => void files.delete(name), false),
    list: async () => [],
  };
  const exchange: KeyExchange = {
    offer: async (present, next) =>
      touch(() => {
        if (present.keyid !== server.present) throw new Error('offered with a key that does not hold');
        server.offered = next.keyid;
        return true;
      }, true),
    confirm: async (next) =>
      touch(() => {
        if (next.keyid === server.present) return true;
        if (next.keyid !== server.offered) return false;
        server.retired.add(server.present);
        server.present = next.keyid;
        server.offered = null;
        return true;
      }, true),
  };
  return { first, files, server, disk, exchange };
}

const fates = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Fate>('fine') },
    { weight: 2, arbitrary: fc.constantFrom<Fate>('crash-before', 'crash-after', 'lost-request', 'lost-reply') },
  ),
  { maxLength: 30 },
);
/** More lives than there are fates. */
const MAX_LIVES = 40;

describe('a change of key', () => {
  test('ends with one new key that holds, whatever crashes and whatever is lost, and is never without one', async () => {
    await fc.assert(
      fc.asyncProperty(fates, async (given) => {
        const { first, files, server, disk, exchange } = makeWorld(given);
        let begun = false;
        for (let life = 0; life < MAX_LIVES; life += 1) {
          // The first time somebody asks for it; later what was begun is finished.
          if (begun && !(await isChanging(disk)) && server.present !== first.keyid) break;
          begun = true;
          try {
            await changeKey(disk, exchange);
            break;
          } catch (error) {
            if (!(error instanceof Crash || error instanceof Lost)) throw error;
          }
        }
        expect(files.has(NEW_KEY_FILE)).toBe(false);
        expect(signingKeyFromPem(files.get(KEY_FILE) ?? '').keyid).toBe(server.present);
        expect(server.present).not.toBe(first.keyid);
        expect([...server.retired]).toEqual([first.keyid]);
      }),
      { numRuns: 300 },
    );
  });

  test('each single step that is cut off is made up for by the next life', async () => {
    for (const fate of ['crash-before', 'crash-after', 'lost-request', 'lost-reply'] as const)
      for (let at = 0; at < 6; at += 1) {
        const { files, server, disk, exchange } = makeWorld([...Array<Fate>(at).fill('fine'), fate]);
        await changeKey(disk, exchange).catch(() => undefined);
        if (await isChanging(disk)) await changeKey(disk, exchange);
        expect(signingKeyFromPem(files.get(KEY_FILE) ?? '').keyid, `${fate} ${at}`).toBe(server.present);
      }
  });

  test('a key that the server has seen before is not used, and another one is made', async () => {
    const { disk, exchange, server } = makeWorld([]);
    const seen: string[] = [];
    const offer: KeyExchange['offer'] = async (present, next) => {
      seen.push(next.keyid);
      return seen.length > 1 && (await exchange.offer(present, next));
    };
    const key = await changeKey(disk, { ...exchange, offer });
    expect(new Set(seen).size).toBe(2);
    expect(server.present).toBe(key.keyid);
  });

  test('a server that was put back to the time before it knows the new key again', async () => {
    const { first, disk, exchange } = makeWorld([]);
    const key = await changeKey(disk, exchange);
    const asked: string[] = [];
    const restored: KeyExchange = {
      offer: async (present, next) => {
        asked.push(present.keyid, next.keyid);
        return true;
      },
      confirm: async (next) => next.keyid === asked[1],
    };
    expect(await reintroduceKey(disk, restored)).toBe(true);
    expect(asked).toEqual([first.keyid, key.keyid]);
  });

  test('where there was no change, there is nothing to introduce it by', async () => {
    const { disk, exchange } = makeWorld([]);
    expect(await reintroduceKey(disk, exchange)).toBe(false);
  });
});
