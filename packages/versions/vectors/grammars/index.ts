import type { Grammar } from '../grammar.ts';
import { alpm } from './alpm.ts';
import { apk } from './apk.ts';
import { deb } from './deb.ts';
import { freebsd } from './freebsd.ts';
import { generic } from './generic.ts';
import { rpm } from './rpm.ts';
import { windows } from './windows.ts';

/** By the id of the scheme. One whose versions a native tool orders has an entry in `testing/tools.ts` too. */
export const GRAMMARS: ReadonlyMap<string, Grammar> = new Map([
  ['alpm', alpm],
  ['apk', apk],
  ['deb', deb],
  ['freebsd', freebsd],
  ['generic', generic],
  ['rpm', rpm],
  ['windows', windows],
]);
