import type { RepositoryFormat } from '../../model/index.ts';
import { freezeApk } from './freeze.ts';

/** Repositories of Alpine and others, for apk-tools 2. */
export const apkFormat: RepositoryFormat = {
  id: 'apk',
  name: 'apk',
  freeze: freezeApk,
  contentType(path) {
    if (path.endsWith('.tar.gz')) return 'application/gzip';
    return path.endsWith('.sha256') ? 'text/plain; charset=utf-8' : 'application/octet-stream';
  },
  /** A line of the list of repositories. The key has to be in /etc/apk/keys under the name that signatures have. */
  clientConfiguration(_definition, { url, credentials }) {
    const address = new URL(url);
    if (credentials !== null) {
      address.username = credentials.user;
      address.password = credentials.password;
    }
    // apk puts the architecture's folder behind it by itself.
    const text = `${address.href.replace(/\/$/, '')}\n`;
    return [{ path: '/etc/apk/repositories', text, secret: credentials !== null }];
  },
};
