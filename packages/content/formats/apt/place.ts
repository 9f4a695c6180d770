import type { RepositoryDefinition } from '../../model/index.ts';
import { repositoryPath } from '../repository-path.ts';

/** Where a suite's Release is in its archive. */
export interface Place {
  /** Ends in `/`; empty: the archive's root. */
  readonly folder: string;
  /** A repository without suites: one Packages file beside the Release, sources.list(5). */
  readonly flat: boolean;
}

/** @throws ContentFault `unsafe-path` */
export function placeOf({ suite }: Pick<RepositoryDefinition, 'suite'>): Place {
  const flat = suite.endsWith('/');
  // `/` and `./` both mean the root.
  const folder = flat ? suite.replace(/^\/$/, '') : `dists/${suite}/`;
  const release = repositoryPath(`${folder}Release`, `suite`);
  return { folder: release.slice(0, -'Release'.length), flat };
}
