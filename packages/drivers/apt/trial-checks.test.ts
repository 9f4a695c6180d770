import { describe, expect, test } from 'vitest';
import { createRecordedHost } from '../recorded-host.ts';
import { trialChecks } from './trial-checks.ts';

const namesOn = async (...paths: readonly string[]) => {
  const host = createRecordedHost({ files: Object.fromEntries(paths.map((path) => [path, ''])) });
  return (await trialChecks(host)).map(({ name }) => name);
};

describe('the checks of a machine', () => {
  test('are of programs that are there together with their configuration', async () => {
    expect(await namesOn('/usr/sbin/nginx', '/etc/nginx/nginx.conf', '/usr/sbin/sshd', '/etc/bind/named.conf')).toEqual(
      ['nginx -t'],
    );
  });

  test('are one for a program that is in either place', async () => {
    expect(await namesOn('/usr/bin/named-checkconf', '/usr/sbin/named-checkconf', '/etc/bind/named.conf')).toEqual([
      'named-checkconf',
    ]);
  });

  test('are one for each cluster of PostgreSQL and each version of PHP', async () => {
    const names = await namesOn(
      '/usr/lib/postgresql/15/bin/postgres',
      '/etc/postgresql/15/main/postgresql.conf',
      '/etc/postgresql/15/other/postgresql.conf',
      '/etc/postgresql/13/left-over/postgresql.conf',
      '/usr/sbin/php-fpm8.2',
      '/etc/php/8.2/fpm/php-fpm.conf',
    );
    expect(names).toEqual(['postgres -C 15/main', 'postgres -C 15/other', 'php-fpm8.2 -t']);
  });

  test('take no names of folders that could be read as options', async () => {
    expect(await namesOn('/usr/sbin/php-fpm-x', '/etc/php/-x/fpm/php-fpm.conf')).toEqual([]);
  });
});
