import type { Component, ReadGap } from '@thimble/sbom';

const LOCATIONS_KEPT = 8;
/** Enough to see what is wrong; more of the same says nothing new. */
const GAPS_MAX = 100;

/** Components gathered from many files: each package once, with where it is, and what could not be read. */
export class ComponentList {
  readonly #components = new Map<string, Component>();
  readonly #gaps: ReadGap[] = [];

  add(components: Iterable<Component>): void {
    for (const component of components) {
      const known = this.#components.get(component.purl);
      if (known === undefined) this.#components.set(component.purl, component);
      else if (known.locations.length < LOCATIONS_KEPT) {
        const locations = [...new Set([...known.locations, ...component.locations])].slice(0, LOCATIONS_KEPT);
        this.#components.set(component.purl, { ...known, locations });
      }
    }
  }

  gap(...gaps: readonly ReadGap[]): void {
    this.#gaps.push(...gaps.slice(0, GAPS_MAX - this.#gaps.length));
  }

  get components(): readonly Component[] {
    return [...this.#components.values()];
  }

  get gaps(): readonly ReadGap[] {
    return this.#gaps;
  }
}
