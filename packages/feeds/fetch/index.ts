export { createFetcher, type Fetched, type Fetcher, type FetcherSettings } from './fetcher.ts';
export { baseAddress } from './address.ts';
export { mirrorName } from './mirror-name.ts';
