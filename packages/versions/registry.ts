import { alpm } from './alpm/index.ts';
import { apk } from './apk/index.ts';
import { cargo } from './cargo/index.ts';
import { deb } from './deb/index.ts';
import { freebsd } from './freebsd/index.ts';
import { generic } from './generic/index.ts';
import { golang } from './golang/index.ts';
import { maven } from './maven/index.ts';
import { npm } from './npm/index.ts';
import { pep440 } from './pep440/index.ts';
import { rpm } from './rpm/index.ts';
import { comparable, type ComparableScheme } from './scheme.ts';
import { semver } from './semver/index.ts';
import { windows } from './windows/index.ts';

/** Adding a scheme is one folder and one line here. */
export const SCHEMES: readonly ComparableScheme[] = [
  comparable(alpm),
  comparable(apk),
  comparable(cargo),
  comparable(deb),
  comparable(freebsd),
  comparable(generic),
  comparable(golang),
  comparable(maven),
  comparable(npm),
  comparable(pep440),
  comparable(rpm),
  comparable(semver),
  comparable(windows),
];
