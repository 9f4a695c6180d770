import { hostname } from 'node:os';
import type { Settings } from './settings/index.ts';

/** How one port of this machine is reached, all without a slash at the end. */
export interface Addresses {
  /** For people and agents elsewhere. */
  readonly url: string;
  /** For a browser on this machine: plain HTTP, so that no certificate warning stands in the way. */
  readonly localUrl: string;
  /** Where plain HTTP from elsewhere is sent on to. @param host The request's Host header, if any. */
  readonly secureAddress: (host: string | undefined, target: string) => string;
}

export function addressesOf({ publicUrl, host }: Pick<Settings, 'publicUrl' | 'host'>, port: number): Addresses {
  const url = publicUrl?.replace(/\/+$/, '') ?? `https://${hostname()}:${port}`;
  // A server that listens on one address of the network alone does not answer to localhost.
  const localUrl = /^(0\.0\.0\.0|::|localhost|::1|127\..*)$/.test(host) ? `http://localhost:${port}` : url;
  return {
    url,
    localUrl,
    secureAddress: (asked, target) => {
      const origin = `https://${(asked ?? '').replace(/:\d+$/, '')}:${port}`;
      const path = target.startsWith('/') ? target : '/';
      return (publicUrl === undefined && URL.canParse(origin) ? origin : url) + path;
    },
  };
}
