import type { Component } from '../component.ts';
import { componentAt, parsePackageUrl } from '../package-url.ts';
import { type ReadGap, SBOM_LIMITS, SbomError } from '../reader.ts';

const GAPS_MAX = 1000;

export interface StatedComponent {
  readonly name: string;
  readonly version: string;
  readonly purl: string | null;
  readonly licences: readonly string[];
}

/** Gathers a bill's components: each package URL once; what has none, or no version, is a gap. */
export class DocumentComponents {
  readonly #path: string;
  readonly #components = new Map<string, Component>();
  readonly #gaps: ReadGap[] = [];
  constructor(path: string) {
    this.#path = path;
  }

  add({ name, version, purl, licences }: StatedComponent): void {
    if (purl === null)
      return this.gap(name, `no package URL is stated for ${name} ${version}: it can not be looked up`);
    const coordinates = parsePackageUrl(purl);
    if (coordinates === null) return this.gap(name, `${purl.slice(0, 200)} is not a package URL`);
    const stated = coordinates.version === '' ? version : coordinates.version;
    if (stated === '') return this.gap(name, 'no version is stated');
    const component = componentAt(this.#path, { ...coordinates, version: stated }, licences);
    if (component === null) return this.gap(name, `${purl.slice(0, 200)} can not be written as a package URL`);
    this.#components.set(component.purl, component);
    if (this.#components.size > SBOM_LIMITS.componentsPerFile)
      throw new SbomError('too-large', `${this.#path} names more than ${SBOM_LIMITS.componentsPerFile} packages`);
  }

  gap(what: string, why: string): void {
    if (this.#gaps.length < GAPS_MAX) this.#gaps.push({ what: what.slice(0, 512), why: why.slice(0, 2000) });
  }

  get components(): readonly Component[] {
    return [...this.#components.values()];
  }
  get gaps(): readonly ReadGap[] {
    return this.#gaps;
  }
}
