import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContentFault, createAcquirer, openFolderStore } from '@thimble/content';
import { startHostileUpstream, type UpstreamBehaviour } from '@thimble/content/testing';
import type { Attempt } from '../attack.ts';

const SIZE_BYTES = 100;
/** Why an address is not asked; that nobody answered there would be luck. */
export const LOOKED_AT = /never asked|inside this network|only to https/;

/** A patch is fetched from a mirror that people configured, in the hands of an attacker. @returns how, and whether it says why */
export async function acquireFrom(behaviour: UpstreamBehaviour): Promise<Attempt> {
  const directory = await mkdtemp(join(tmpdir(), 'thimble-attacked-store-'));
  const upstream = await startHostileUpstream({ 'pool/a.deb': behaviour });
  const store = await openFolderStore(directory);
  const { origin } = new URL(upstream.url);
  const acquirer = await createAcquirer(
    {
      userAgent: 'attacked',
      proxy: null,
      bandwidthBytesPerSecond: null,
      perHost: 1,
      reserveBytes: 0,
      isConfigured: (url) => url.origin === origin,
      now: () => new Date(),
    },
    store,
  );
  try {
    const { done } = await acquirer.acquire({
      urls: [upstream.address('pool/a.deb')],
      name: 'pool/a.deb',
      check: { kind: 'sha256', sha256: 'a'.repeat(64), sizeBytes: SIZE_BYTES },
    });
    await done;
    return { refusal: 'taken', isRecorded: false };
  } catch (error) {
    if (!(error instanceof ContentFault)) throw error;
    return { refusal: LOOKED_AT.test(error.message) ? 'refused' : error.message, isRecorded: true };
  } finally {
    await acquirer.close();
    await upstream.close();
    await rm(directory, { recursive: true, force: true });
  }
}
