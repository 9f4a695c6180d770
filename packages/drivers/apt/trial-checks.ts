import type { Host } from '../host.ts';

/** A program that says whether its own configuration is good, and changes nothing. */
export interface TrialCheck {
  /** As a person would type it. */
  readonly name: string;
  readonly argv: readonly string[];
}

/** Program, its configuration, arguments. Where both files are there, it is asked before and after the installation. */
const PROGRAMS: readonly (readonly [string, string, readonly string[]])[] = [
  ['/usr/sbin/nginx', '/etc/nginx/nginx.conf', ['-t']],
  ['/usr/sbin/sshd', '/etc/ssh/sshd_config', ['-t']],
  ['/usr/sbin/apache2ctl', '/etc/apache2/apache2.conf', ['configtest']],
  ['/usr/sbin/visudo', '/etc/sudoers', ['-c']],
  ['/usr/sbin/haproxy', '/etc/haproxy/haproxy.cfg', ['-c', '-f', '/etc/haproxy/haproxy.cfg']],
  ['/usr/bin/named-checkconf', '/etc/bind/named.conf', []],
  ['/usr/sbin/named-checkconf', '/etc/bind/named.conf', []],
  ['/usr/sbin/unbound-checkconf', '/etc/unbound/unbound.conf', []],
  ['/usr/sbin/dnsmasq', '/etc/dnsmasq.conf', ['--test']],
  ['/usr/bin/doveconf', '/etc/dovecot/dovecot.conf', ['-n']],
  ['/usr/sbin/postfix', '/etc/postfix/main.cf', ['check']],
  ['/usr/sbin/exim4', '/etc/exim4', ['-bV']],
  ['/usr/sbin/slaptest', '/etc/ldap/slapd.d', ['-u', '-F', '/etc/ldap/slapd.d']],
  ['/usr/bin/testparm', '/etc/samba/smb.conf', ['-s', '/etc/samba/smb.conf']],
  ['/usr/sbin/squid', '/etc/squid/squid.conf', ['-k', 'parse']],
  ['/usr/sbin/varnishd', '/etc/varnish/default.vcl', ['-C', '-f', '/etc/varnish/default.vcl']],
  ['/usr/sbin/lighttpd', '/etc/lighttpd/lighttpd.conf', ['-tt', '-f', '/etc/lighttpd/lighttpd.conf']],
  ['/usr/sbin/proftpd', '/etc/proftpd/proftpd.conf', ['-t']],
  ['/usr/sbin/keepalived', '/etc/keepalived/keepalived.conf', ['--config-test']],
  ['/usr/sbin/rsyslogd', '/etc/rsyslog.conf', ['-N1']],
  ['/usr/bin/monit', '/etc/monit/monitrc', ['-t']],
  ['/usr/bin/dockerd', '/etc/docker/daemon.json', ['--validate', '--config-file', '/etc/docker/daemon.json']],
];
/** Clusters or versions of one program side by side; a machine with more has the first ones asked. */
const VERSIONS_MAX = 10;

/** The checks of what is installed and configured on this machine. */
export async function trialChecks(host: Host): Promise<readonly TrialCheck[]> {
  const found: TrialCheck[] = [];
  for (const [program, configuration, args] of PROGRAMS) {
    if (!(await isThere(host, program)) || !(await isThere(host, configuration))) continue;
    const name = program.slice(program.lastIndexOf('/') + 1);
    if (!found.some((each) => each.argv[0]?.endsWith(`/${name}`) === true))
      found.push({ name: [name, ...args].join(' '), argv: [program, ...args] });
  }
  return [...found, ...(await postgresChecks(host)), ...(await phpChecks(host))];
}

/** Debian keeps a cluster's configuration in /etc/postgresql/VERSION/NAME; `-C` reads all of it and needs no data (postgres(1)). */
async function postgresChecks(host: Host): Promise<readonly TrialCheck[]> {
  const checks: TrialCheck[] = [];
  for (const version of await names(host, '/etc/postgresql')) {
    const program = `/usr/lib/postgresql/${version}/bin/postgres`;
    if (!(await isThere(host, program))) continue;
    for (const cluster of await names(host, `/etc/postgresql/${version}`)) {
      const folder = `/etc/postgresql/${version}/${cluster}`;
      if (!(await isThere(host, `${folder}/postgresql.conf`))) continue;
      // It refuses to be root.
      const argv = ['runuser', '-u', 'postgres', '--', program, '-C', 'config_file', '-D', folder];
      checks.push({ name: `postgres -C ${version}/${cluster}`, argv });
    }
  }
  return checks;
}

async function phpChecks(host: Host): Promise<readonly TrialCheck[]> {
  const checks: TrialCheck[] = [];
  for (const version of await names(host, '/etc/php')) {
    const program = `/usr/sbin/php-fpm${version}`;
    if (!(await isThere(host, program)) || !(await isThere(host, `/etc/php/${version}/fpm/php-fpm.conf`))) continue;
    checks.push({ name: `php-fpm${version} -t`, argv: [program, '-t'] });
  }
  return checks;
}

async function names(host: Host, folder: string): Promise<readonly string[]> {
  const all = (await host.listDirectory(folder)) ?? [];
  return all
    .filter((name) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    .toSorted()
    .slice(0, VERSIONS_MAX);
}

async function isThere(host: Host, path: string): Promise<boolean> {
  return (await host.stat(path)) !== null;
}
