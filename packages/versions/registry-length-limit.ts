/**
 * node-semver's own limit, taken for every language ecosystem: the longest versions of their registries are pseudo-versions
 * and build stamps of some 80 characters. What is longer is a mistake or an attack.
 */
export const REGISTRY_LIMIT_CHARACTERS = 256;
