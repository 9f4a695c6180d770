import type { RepositoryFormat } from '../../model/index.ts';
import { rpmClientConfiguration } from './client-configuration.ts';
import { freezeRpm } from './freeze.ts';
import { rpmPackageCheck } from './package-check.ts';

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['rpm', 'application/x-rpm'],
  ['xml', 'application/xml'],
  ['asc', 'application/pgp-signature'],
  ['gz', 'application/gzip'],
  ['xz', 'application/x-xz'],
  ['zst', 'application/zstd'],
  ['bz2', 'application/x-bzip2'],
  ['yaml', 'application/yaml'],
]);

/** Repositories of dnf, yum and zypper, as createrepo_c makes them. */
export const rpmFormat: RepositoryFormat = {
  id: 'rpm',
  name: 'rpm-md',
  freeze: freezeRpm,
  packageCheck: rpmPackageCheck,
  contentType: (path) => CONTENT_TYPES.get(path.slice(path.lastIndexOf('.') + 1)) ?? 'application/octet-stream',
  clientConfiguration: rpmClientConfiguration,
};
