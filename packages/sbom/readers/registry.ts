import type { Reader } from '../reader.ts';
import { cargoLock } from './cargo/cargo-lock.ts';
import { composerLock } from './composer/composer-lock.ts';
import { renvLock } from './cran/renv-lock.ts';
import { goMod } from './golang/go-mod.ts';
import { cabalFreeze } from './hackage/cabal-freeze.ts';
import { mixLock } from './hex/mix-lock.ts';
import { gradleLockfile } from './maven/gradle-lockfile.ts';
import { pom } from './maven/pom.ts';
import { pomProperties } from './maven/pom-properties.ts';
import { installedNpm } from './npm/installed.ts';
import { packageLock } from './npm/package-lock.ts';
import { pnpmLock } from './npm/pnpm-lock.ts';
import { yarnLock } from './npm/yarn-lock.ts';
import { depsJson } from './nuget/deps-json.ts';
import { nugetLock } from './nuget/packages-lock.ts';
import { pubspecLock } from './pub/pubspec-lock.ts';
import { pythonMetadata } from './python/metadata.ts';
import { pipfileLock } from './python/pipfile-lock.ts';
import { requirements } from './python/requirements.ts';
import { pythonTomlLock } from './python/toml-lock.ts';
import { gemfileLock } from './rubygems/gemfile-lock.ts';
import { installedGem } from './rubygems/installed.ts';

/** Adding a kind of file is one file in its ecosystem's folder and one line here. */
export const READERS: readonly Reader[] = [
  packageLock,
  yarnLock,
  pnpmLock,
  installedNpm,
  requirements,
  pythonTomlLock,
  pipfileLock,
  pythonMetadata,
  goMod,
  cargoLock,
  pom,
  pomProperties,
  gradleLockfile,
  gemfileLock,
  installedGem,
  nugetLock,
  depsJson,
  composerLock,
  pubspecLock,
  mixLock,
  renvLock,
  cabalFreeze,
];

/** The reader of a file, by its path; undefined: nobody's. */
export function readerOf(path: string): Reader | undefined {
  return READERS.find((reader) => reader.matches(path));
}
