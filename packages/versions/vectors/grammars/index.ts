import type { Grammar } from '../grammar.ts';
import { alpm } from './alpm.ts';
import { apk } from './apk.ts';
import { composer } from './composer.ts';
import { cran } from './cran.ts';
import { deb } from './deb.ts';
import { freebsd } from './freebsd.ts';
import { gem } from './gem.ts';
import { generic } from './generic.ts';
import { golang } from './golang.ts';
import { hackage } from './hackage.ts';
import { maven } from './maven.ts';
import { nuget } from './nuget.ts';
import { pep440 } from './pep440.ts';
import { rpm } from './rpm.ts';
import { semantic } from './semantic.ts';
import { windows } from './windows.ts';

/** By the id of the scheme. One whose versions a native tool orders has an entry in `testing/tools.ts` too. */
export const GRAMMARS: ReadonlyMap<string, Grammar> = new Map([
  ['alpm', alpm],
  ['apk', apk],
  ['cargo', semantic],
  ['composer', composer],
  ['cran', cran],
  ['deb', deb],
  ['freebsd', freebsd],
  ['gem', gem],
  ['generic', generic],
  ['golang', golang],
  ['hackage', hackage],
  ['hex', semantic],
  ['maven', maven],
  ['npm', semantic],
  ['nuget', nuget],
  ['pep440', pep440],
  ['pub', semantic],
  ['rpm', rpm],
  ['semver', semantic],
  ['windows', windows],
]);
