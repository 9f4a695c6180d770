import type { App } from '../app.ts';
import { SettingsError } from '../../settings/index.ts';
import { HttpProblem } from '../problem.ts';
import { readNetworks } from '../networks.ts';
import { clientAddress } from './client-address.ts';

/**
 * Makes `request.ip` the address of who asks, and not that of a proxy whose word is trusted. Register before what counts or notes
 * addresses.
 *
 * @param setting addresses and CIDR blocks with commas between; undefined: nobody's word is trusted
 * @throws SettingsError
 */
export function registerTrustedProxies(app: App, setting: string | undefined): void {
  const proxies = readProxies(setting);
  if (proxies.length === 0) return;
  app.addHook('onRequest', async (request) => {
    const { remoteAddress } = request.socket;
    // The Unix socket has none.
    if (remoteAddress === undefined) return;
    const lines = request.headers['x-forwarded-for'];
    const header = typeof lines === 'string' ? lines : lines?.join(',');
    Object.defineProperty(request, 'ip', { value: clientAddress(remoteAddress, header, proxies) });
  });
}

function readProxies(setting: string | undefined): readonly string[] {
  const texts = (setting ?? '').split(',').flatMap((text) => text.trim() || []);
  try {
    return readNetworks(texts);
  } catch (cause) {
    if (!(cause instanceof HttpProblem)) throw cause;
    throw new SettingsError('bad-value', `trusted-proxies: ${cause.message}`, { cause });
  }
}
