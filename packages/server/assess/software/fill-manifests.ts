import type { Manifest, ManifestComponent } from '@thimble/protocol';
import { sql } from 'kysely';
import type { Database } from '../../storage/index.ts';
import type { SoftwareIds } from './software-ids.ts';

const BATCH = 100;

/**
 * Looks up the software of manifests that came before there were advisories. May be killed at any point, and may run on
 * every replica: a manifest's software does not depend on who looks it up.
 *
 * @returns whether there was any.
 */
export async function fillManifests({ kysely }: Database, software: SoftwareIds, stop: AbortSignal): Promise<boolean> {
  let filled = false;
  while (!stop.aborted) {
    const { rows } = await sql<{
      id: number;
      distribution: Manifest['distribution'];
      package_ids: number[];
      components: ManifestComponent[];
    }>`
      select id, distribution, package_ids, components from manifest
      where software_ids is null order by id limit ${BATCH}`.execute(kysely);
    if (rows.length === 0) return filled;
    filled = true;
    for (const { id, distribution, package_ids: packageIds, components } of rows) {
      const { ids } = await software.ofManifest(distribution, packageIds, components);
      await sql`update manifest set software_ids = ${ids}::int[] where id = ${id}`.execute(kysely);
    }
  }
  return filled;
}
