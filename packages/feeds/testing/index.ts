export { makeAdvisory, makeClaim, makeEpss, makeKev } from './records.ts';
export { describeStore, type StoreUnderTest } from './store-behaviour.ts';
export { startUpstream, type Upstream } from './upstream.ts';
