import type { EndpointAsset } from '@thimble/protocol';

interface Words {
  readonly label: string;
  readonly meaning: string;
}

/** How bad it is when this endpoint is broken into. */
export const CRITICALITIES: Readonly<Record<EndpointAsset['criticality'], Words>> = {
  high: { label: 'High', meaning: 'the organisation stands still without it, or it holds what must not leak' },
  medium: { label: 'Medium', meaning: 'people would notice within a day' },
  low: { label: 'Low', meaning: 'a test system, or easily replaced' },
  unknown: { label: 'Not said', meaning: 'priorities take the middle' },
};

/** From where it can be reached. */
export const EXPOSURES: Readonly<Record<EndpointAsset['exposure'], Words>> = {
  internet: { label: 'Internet', meaning: 'anybody can reach a service of it' },
  internal: { label: 'Internal', meaning: 'from the organisation’s own networks only' },
  isolated: { label: 'Isolated', meaning: 'from a few known machines only' },
  unknown: { label: 'Not said', meaning: 'priorities take the middle' },
};
