import type { NextPatches } from '@thimble/protocol';
import type { NewRunDraft } from '../runs/new-run.tsx';

export type PatchItem = NextPatches['items'][number];

/**
 * A run that installs these updates. Where an update names only the first of its endpoints, the reader is left to choose
 * them: all are asked then, and those without it have nothing to do.
 */
export function draftOf(items: readonly PatchItem[]): NewRunDraft {
  const packages = [...new Set(items.flatMap((item) => (item.packages.length > 0 ? item.packages : [item.source])))];
  const named = items.every((item) => item.endpoints.length === item.endpointCount);
  const endpoints = [...new Map(items.flatMap((item) => item.endpoints.map((one) => [one.id, one] as const))).values()];
  return { packages, ...(named && endpoints.length > 0 ? { endpoints } : {}) };
}
