import { alpm } from './alpm/index.ts';
import { apk } from './apk/index.ts';
import { deb } from './deb/index.ts';
import { freebsd } from './freebsd/index.ts';
import { generic } from './generic/index.ts';
import { rpm } from './rpm/index.ts';
import { comparable, type ComparableScheme } from './scheme.ts';
import { windows } from './windows/index.ts';

/** Adding a scheme is one folder and one line here. */
export const SCHEMES: readonly ComparableScheme[] = [
  comparable(alpm),
  comparable(apk),
  comparable(deb),
  comparable(freebsd),
  comparable(generic),
  comparable(rpm),
  comparable(windows),
];
