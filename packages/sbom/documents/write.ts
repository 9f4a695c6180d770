/** Writing needs libraries that reading does without: an entry of its own, so that a scan starts faster. */
export { writeCycloneDx, type Production, type StatedVulnerability } from './cyclonedx-write.ts';
export { writeSpdx } from './spdx-write.ts';
