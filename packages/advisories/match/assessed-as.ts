import { canonicalName, ecosystemOf } from '../model/namespace-name.ts';
import type { Software } from '../model/index.ts';
import { backportOf } from './backport.ts';
import { signedSourceOf } from './signed-source.ts';

/** Under which names and versions advisories speak of a piece of software. */
export interface AssessedAs {
  /** Namespaces of claims that concern it; the first is its own, with the release. */
  readonly namespaces: readonly [string, ...string[]];
  readonly binary: Named;
  readonly source: Named;
  /** Where these differ from what is installed: why, in words. */
  readonly notes: readonly string[];
  /** No release's advisories speak of exactly this build: said as a gap, besides the verdicts. */
  readonly approximation: string | null;
}

interface Named {
  readonly name: string;
  readonly version: string;
}

/**
 * What claims are held against: the package itself, its source package, the source that a signed build repackages, the
 * release that a backport was built from. Claims and software meet through this function alone.
 */
export function assessedAs(software: Software): AssessedAs {
  const backport = backportOf(software);
  const release = backport?.namespace ?? software.namespace;
  const ecosystem = ecosystemOf(release);
  const named = (name: string, version: string): Named => ({
    name: canonicalName(release, name),
    version: backport === null ? version : backport.withoutMark(version),
  });
  const binary = named(software.name, software.version);
  const stated = software.source ?? { name: software.name, version: software.version };
  const signed = signedSourceOf(software.namespace, stated, software);
  const source = named(signed?.name ?? stated.name, signed?.version ?? stated.version);
  return {
    namespaces: release === ecosystem ? [release] : [release, ecosystem],
    binary,
    source,
    notes: [signed?.why, backport?.why].filter((note) => note !== undefined),
    approximation: backport?.why ?? null,
  };
}
