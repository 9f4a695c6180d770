import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { textLines } from '../../feed/lines.ts';
import { normaliseEnded, normaliseLimited } from './normalise.ts';

/** Each list has 5 kB. */
const LIMIT_BYTES = 4 * 1024 * 1024;
const LIMIT_LINES = 20_000;
const LINE_LIMIT_BYTES = 16 * 1024;
/** Releases that the package has ever had a list for, and the next ones. */
const RELEASES = ['8', '9', '10', '11', '12', '13', '14', '15'];

/** Packages of Debian whose security support ends before that of their release, or never was a full one. */
export const debianSupport: Feed = {
  id: 'debian-support',
  name: 'Packages without (full) security support in Debian',
  publisher: 'Debian (debian-security-support)',
  documentation: 'https://wiki.debian.org/Debian/SecuritySupport',
  licence: 'GPL-2.0-or-later',
  namespaces: ['debian'],
  mode: 'snapshot',
  baseUrl: 'https://salsa.debian.org/debian/debian-security-support/-/raw/master/',
  intervalHours: 24,
  limitRecords: LIMIT_LINES,
  start: () => [
    // Not optional: a base address that answers nothing at all must show as a failure.
    { path: 'security-support-limited', role: 'limited', packing: 'plain', limitBytes: LIMIT_BYTES },
    ...RELEASES.flatMap((release) =>
      (['ended', 'limited'] as const).map((role) => ({
        path: `security-support-${role}.deb${release}`,
        role,
        packing: 'plain' as const,
        limitBytes: LIMIT_BYTES,
        optional: true,
      })),
    ),
  ],
  read: readList,
};

async function* readList(document: FeedDocument, _context: FeedContext): AsyncGenerator<FeedItem> {
  const { role, path } = document.request;
  const release = /\.deb(\d{1,3})$/.exec(path)?.[1];
  if (role === 'ended' && release === undefined)
    throw new FeedError('unsupported', `${path}: a list of ended support must name its release (.deb12)`);
  const namespace = release === undefined ? 'debian' : `debian:${release}`;
  const limits = { what: path, lineLimitBytes: LINE_LIMIT_BYTES, limitLines: LIMIT_LINES, complete: true };
  let headed = false;
  /** A package that is named twice keeps its first line. */
  const seen = new Set<string>();
  for await (const { number, text } of textLines(document.chunks(), limits)) {
    // All of these lists begin by explaining their format; a list may have nothing else.
    if (text.startsWith('#')) headed = true;
    if (text.startsWith('#') || text.trim() === '') continue;
    if (!headed) throw new FeedError('malformed', `${path} does not begin with the comment that explains it`);
    const normalise = role === 'ended' ? normaliseEnded : normaliseLimited;
    const item = normalise({ namespace, number, text });
    if (item.kind === 'fact' && item.fact.body.kind === 'support') {
      const { subject } = item.fact.body;
      if (seen.has(subject)) {
        yield { kind: 'fault', record: `line ${number}`, reason: `names ${subject} for the second time` };
        continue;
      }
      seen.add(subject);
    }
    yield item;
  }
  if (!headed) throw new FeedError('malformed', `${path} is empty`);
}
