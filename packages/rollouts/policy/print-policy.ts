import type { PolicyDocument } from '@thimble/protocol';
import { stringify } from 'yaml';
import { ordered } from './document/in-schema-order.ts';

/** A policy's document as YAML; equal documents give equal texts. Parsing it gives the document again. */
export function printPolicy(document: PolicyDocument): string {
  return stringify(ordered(document), {
    version: '1.2',
    schema: 'core',
    // Folding would put line breaks where nobody wrote one.
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}
