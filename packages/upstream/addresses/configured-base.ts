import type { ConfiguredAddresses } from './allowed-address.ts';

/** One address that people configured: it as it is, also without TLS, and its host also at other ports by https. */
export function configuredBase(base: URL): ConfiguredAddresses {
  return {
    isConfigured: (url) => url.origin === base.origin && base.protocol !== 'file:',
    isTrusted: (url) => url.hostname === base.hostname && base.hostname !== '',
  };
}
