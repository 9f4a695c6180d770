import type { RepositoryFormat, RepositoryFormatId } from '../model/index.ts';
import { apkFormat } from './apk/index.ts';
import { aptFormat } from './apt/index.ts';
import { genericFormat } from './generic/index.ts';
import { rpmFormat } from './rpm/index.ts';

/** Every kind of repository that can be frozen. A new one is a folder beside this file and a line here. */
export const FORMATS: ReadonlyMap<RepositoryFormatId, RepositoryFormat> = new Map(
  [aptFormat, rpmFormat, apkFormat, genericFormat].map((format) => [format.id, format]),
);
