export { openRelay, type Relay, type RelayEvent, type RelaySettings, type RelayStatus } from './relay.ts';
export { RelayError } from './relay-error.ts';
