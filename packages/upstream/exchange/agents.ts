import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** Connections to upstreams, kept alive. A resource: close it. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** Its own name is looked up here, those of upstreams are not; but hosts that are asked without it are. Null: there is none. */
  readonly proxyHost: string | null;
  readonly close: () => void;
}

export interface AgentsSettings {
  /** Address of an http proxy; null: none. */
  readonly proxy: string | null;
  /** Hosts that are asked without the proxy, as in the environment's NO_PROXY. */
  readonly noProxy?: string;
  /** Certificates (PEM) to trust besides the usual ones. */
  readonly ca?: string;
}

export function createAgents({ proxy, noProxy, ca }: AgentsSettings): Agents {
  const proxyEnv = proxy === null ? {} : { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: noProxy };
  const common = { keepAlive: true, proxyEnv };
  const http = new HttpAgent(common);
  const https = new HttpsAgent({ ...common, ...(ca === undefined ? {} : { ca }) });
  return {
    http,
    https,
    proxyHost: proxy === null ? null : (URL.parse(proxy)?.hostname ?? null),
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}
