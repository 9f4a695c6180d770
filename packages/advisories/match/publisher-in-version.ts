/**
 * The publisher whose mark a version carries; null: none known. Only marks that no distribution writes itself: Debian
 * and Ubuntu name releases by number (`~deb12u1`, `~22.04.1`), never by code name.
 */
export function publisherInVersion(version: string): string | null {
  return MARKS.find(({ pattern }) => pattern.test(version))?.publisher ?? null;
}

const CODENAMES =
  'stretch|buster|bullseye|bookworm|trixie|forky|sid|xenial|bionic|focal|jammy|kinetic|lunar|mantic|noble|oracular|plucky|questing|resolute';

const MARKS: readonly { readonly publisher: string; readonly pattern: RegExp }[] = [
  // 16.4-1.pgdg120+1, 15.4-1PGDG.rhel9
  { publisher: 'PostgreSQL (PGDG)', pattern: /[.~+-]pgdg|\dPGDG\./i },
  // 8.2.15-1+deb.sury.org~jammy+1, 8.3.14-1+0~20241121.34+debian12~1.gbp5c9fb8
  { publisher: 'deb.sury.org', pattern: /\+deb\.sury\.org|\+0~\d{8}\.\d+\+(debian|ubuntu)\d+/ },
  // 20.18.0-1nodesource1, 18.20.4-1nodesource
  { publisher: 'NodeSource', pattern: /nodesource/ },
  // 5:27.3.1-1~ubuntu.22.04~jammy, 5:24.0.7-1~debian.12~bookworm
  { publisher: 'Docker', pattern: /~(ubuntu|debian|raspbian)\.\d+(\.\d+)?~[a-z]+$/ },
  // 1:10.11.9+maria~deb12
  { publisher: 'MariaDB Foundation', pattern: /\+maria~/ },
  { publisher: "Remi's repository", pattern: /\.remi(\.|$)/ },
  { publisher: 'ELRepo', pattern: /\.elrepo(\.|$)/ },
  { publisher: 'IUS', pattern: /\.ius(\.|$)/ },
  { publisher: 'a Launchpad PPA', pattern: /[~+]ppa\d*/ },
  // 1.26.2-1~jammy (nginx.org), 8.0.39-30-1.bookworm (Percona). Not 1.2-0ubuntu1~xenial2: PPAs write so, and once Ubuntu did
  {
    publisher: 'a repository outside of the distribution',
    pattern: new RegExp(`(?<!ubuntu[\\d.]*)[~.+](${CODENAMES})(\\+?\\d+)*$`),
  },
];
