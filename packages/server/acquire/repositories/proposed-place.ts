import type { ConfiguredRepository } from '@thimble/protocol';
import type { PublicKey } from './public-key.ts';

/** One place as endpoints have it, added up over them. */
export interface ProposedPlace {
  readonly first: ConfiguredRepository;
  readonly uris: Map<string, string>;
  readonly components: Set<string>;
  readonly architectures: Set<string>;
  readonly documents: string[];
  readonly keys: Map<string, { readonly key: PublicKey; endpointCount: number }>;
  endpointCount: number;
  unsignedCount: number;
}
