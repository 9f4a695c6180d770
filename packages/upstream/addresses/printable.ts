/** Without user name, password and query, for messages. */
export function printable(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
