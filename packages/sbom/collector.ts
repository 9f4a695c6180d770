import type { Component } from './component.ts';
import { componentAt, type Coordinates } from './package-url.ts';
import { type ReadGap, type ReadOutcome, SBOM_LIMITS, SbomError } from './reader.ts';

const GAPS_MAX = 100;

/** Gathers what a reader finds in one file: each package once, and in words what could not be placed. */
export class Collector {
  readonly #path: string;
  readonly #components = new Map<string, Component>();
  readonly #gaps: ReadGap[] = [];
  constructor(path: string) {
    this.#path = path;
  }

  add(coordinates: Coordinates, licences: readonly string[] = []): void {
    if (coordinates.version === '') {
      this.gap(coordinates.name, 'no exact version is stated');
      return;
    }
    const component = componentAt(this.#path, coordinates, licences);
    if (component === null) {
      this.gap(coordinates.name, `${coordinates.name} ${coordinates.version} can not be written as a package URL`);
      return;
    }
    this.#components.set(component.purl, component);
    if (this.#components.size > SBOM_LIMITS.componentsPerFile)
      throw new SbomError('too-large', `${this.#path} names more than ${SBOM_LIMITS.componentsPerFile} packages`);
  }

  gap(what: string, why: string): void {
    if (this.#gaps.length < GAPS_MAX)
      this.#gaps.push({ what: `${this.#path}: ${what}`.slice(0, 512), why: why.slice(0, 2000) });
  }

  outcome(): ReadOutcome {
    return { components: [...this.#components.values()], gaps: this.#gaps };
  }
}
