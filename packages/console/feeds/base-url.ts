/** What is wrong with a feed's base address, in words; null: nothing. Empty stands for the publisher's own. */
export function baseUrlProblem(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (!URL.canParse(trimmed)) return 'This is no address: write it whole, such as https://mirror.example.org/debian/';
  const url = new URL(trimmed);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'Only addresses with https: or http: can be read.';
  if (url.username !== '' || url.password !== '') return 'An address must not hold a name or a password.';
  if (url.search !== '' || url.hash !== '')
    return 'Leave out what begins with ? or #: paths are put behind the address.';
  return null;
}

/** Without encryption somebody on the way can change what is read. */
export function isUnencrypted(text: string): boolean {
  const trimmed = text.trim();
  return URL.canParse(trimmed) && new URL(trimmed).protocol === 'http:';
}
