import { alpm } from './alpm/index.ts';
import { apk } from './apk/index.ts';
import { cargo } from './cargo/index.ts';
import { composer } from './composer/index.ts';
import { cran } from './cran/index.ts';
import { deb } from './deb/index.ts';
import { freebsd } from './freebsd/index.ts';
import { gem } from './gem/index.ts';
import { generic } from './generic/index.ts';
import { golang } from './golang/index.ts';
import { hackage } from './hackage/index.ts';
import { hex } from './hex/index.ts';
import { maven } from './maven/index.ts';
import { npm } from './npm/index.ts';
import { nuget } from './nuget/index.ts';
import { pep440 } from './pep440/index.ts';
import { pub } from './pub/index.ts';
import { rpm } from './rpm/index.ts';
import { comparable, type ComparableScheme } from './scheme.ts';
import { semver } from './semver/index.ts';
import { windows } from './windows/index.ts';

/** Adding a scheme is one folder and one line here. */
export const SCHEMES: readonly ComparableScheme[] = [
  comparable(alpm),
  comparable(apk),
  comparable(cargo),
  comparable(composer),
  comparable(cran),
  comparable(deb),
  comparable(freebsd),
  comparable(gem),
  comparable(generic),
  comparable(golang),
  comparable(hackage),
  comparable(hex),
  comparable(maven),
  comparable(npm),
  comparable(nuget),
  comparable(pep440),
  comparable(pub),
  comparable(rpm),
  comparable(semver),
  comparable(windows),
];
