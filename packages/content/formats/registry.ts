import type { RepositoryFormat, RepositoryFormatId } from '../model/index.ts';
import { aptFormat } from './apt/index.ts';

/** Every kind of repository that can be frozen. A new one is a folder beside this file and a line here. */
export const FORMATS: ReadonlyMap<RepositoryFormatId, RepositoryFormat> = new Map(
  [aptFormat].map((format) => [format.id, format]),
);
