/** A repository's address as it may be told to others, and compared: https, http or what a mirror list is fetched by. */
export interface RepositoryAddress {
  /** Without credentials; otherwise as written. */
  readonly plain: string;
  readonly isMirrorList: boolean;
}

/** Schemes under which somebody else can reach the same repository; null: this one is of this machine alone, or not known. */
export function parseAddress(uri: string): RepositoryAddress | null {
  const [, mirror, , scheme = '', rest = ''] = /^((mirror(?:\+(?=http))?):?)?(?:(https?):)?\/\/(.*)$/i.exec(uri) ?? [];
  const isMirrorList = mirror !== undefined;
  // `mirror://host/path` is the older way to write mirror+http.
  if (scheme === '' && !(isMirrorList && /^mirror:$/i.test(mirror))) return null;
  const address = `${scheme === '' ? 'http' : scheme}://${rest}`;
  return URL.canParse(address) ? { plain: withoutCredentials(address), isMirrorList } : null;
}

/** People still write passwords into sources; they stay on the endpoint. */
export function withoutCredentials(uri: string): string {
  return uri.replace(/^([a-z0-9+.-]+:\/\/)[^/]*@/i, '$1');
}

/** Equal for addresses that mean one place: scheme and host in any case, slashes at the end, the scheme's own port. */
export function comparableAddress(uri: string): string {
  const plain = withoutCredentials(uri.trim()).replace(/\/+$/, '');
  const [, scheme, authority, path] = /^([a-z0-9+.-]+):\/\/([^/]*)(.*)$/i.exec(plain) ?? [];
  if (scheme === undefined || authority === undefined) return plain;
  const lower = scheme.toLowerCase();
  const port = lower.endsWith('https') ? /:443$/ : /:80$/;
  return `${lower}://${authority.toLowerCase().replace(port, '')}${path ?? ''}`;
}
