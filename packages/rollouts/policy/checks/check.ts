import type { PolicyDocument } from '@thimble/protocol';
import type { Finding } from '../document/finding.ts';
import type { Recurrences } from '../recurrences.ts';

/** One rule that a document's shape can't say. The document's shape is right, and what recurs could be read. */
export type PolicyCheck = (document: PolicyDocument, recurrences: Recurrences) => Iterable<Finding>;
