import { compareCiscoVersions } from './cisco.ts';
import { compareDottedVersions } from './dotted.ts';
import { compareJunosVersions } from './junos.ts';
import type { GenericVersion } from './parse.ts';

/**
 * Nobody specifies this order, so it answers only where the texts themselves leave no doubt; null for different forms,
 * and within a form where its own comparison says so. What it answers is always part of one total order.
 */
export function compareGenericVersions(a: GenericVersion, b: GenericVersion): -1 | 0 | 1 | null {
  switch (a.form) {
    case 'cisco':
      return b.form === 'cisco' ? compareCiscoVersions(a, b) : null;
    case 'junos':
      return b.form === 'junos' ? compareJunosVersions(a, b) : null;
    case 'dotted':
      return b.form === 'dotted' ? compareDottedVersions(a, b) : null;
  }
}
