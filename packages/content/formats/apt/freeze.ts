import type { FreezeContext, FreezeResult, RepositoryDefinition, RepositoryPackage } from '../../model/index.ts';
import { clientFiles } from './client-paths.ts';
import { emitPackages } from './emit-packages.ts';
import { fetchSignedState } from './fetch-indexes.ts';

/** Verifies and keeps a suite's metadata, from its signature downwards: RepositoryFormat.freeze. */
export async function freezeApt(
  definition: RepositoryDefinition,
  context: FreezeContext,
  emit: (found: RepositoryPackage) => Promise<void> | void,
): Promise<FreezeResult> {
  const state = await fetchSignedState(definition, context);
  if (state === null) return { kind: 'unchanged' };
  await emitPackages(state, definition, context, emit);
  const { top, release, place, indexes } = state;
  const signed = [];
  for (const { path, bytes } of top.files) signed.push(await context.keep(path, bytes));
  return {
    kind: 'frozen',
    metadataPath: top.path,
    metadataSha256: top.sha256,
    signedBy: top.signedBy,
    date: release.date,
    validUntil: release.validUntil,
    labels: release.labels,
    ...clientFiles(release, place, signed, indexes),
  };
}
