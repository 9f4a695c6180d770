interface GapAdvice {
  readonly title: string;
  readonly advice: string;
  /** A page where something can be done about it. */
  readonly page?: '/feeds';
}

const ADVICE: Readonly<Record<string, GapAdvice>> = {
  'third-party-origin': {
    title: 'From another publisher than the distribution',
    advice: 'Follow that publisher’s own announcements, or switch on a feed that speaks of its packages.',
    page: '/feeds',
  },
  'unsupported-distribution': {
    title: 'Distribution without advisories here',
    advice: 'No feed speaks of this distribution. Add a CSAF provider, if its publisher has one.',
    page: '/feeds',
  },
  'no-advisories': {
    title: 'No advisories at hand',
    advice: 'The feed that speaks of it is off, or was never synchronised. Synchronise it or import a bundle.',
    page: '/feeds',
  },
  'release-out-of-support': {
    title: 'Release out of support',
    advice: 'Nobody looks any more whether its packages are vulnerable. Move these endpoints to a supported release.',
  },
  'unparsable-version': {
    title: 'Version that cannot be read',
    advice: 'The version is not one of its scheme, so it cannot be compared. Ask its publisher for a proper version.',
  },
  'not-comparable': {
    title: 'Versions that have no order',
    advice: 'The record’s versions and the installed one cannot be compared. Look at the records by hand.',
  },
  'requirement-unknown': {
    title: 'A condition that could not be seen',
    advice: 'The record holds only together with something the inventory does not tell. Look at the endpoints by hand.',
  },
  'under-investigation': {
    title: 'The publisher has not decided',
    advice: 'Wait for the publisher; it is assessed again as soon as the record changes.',
  },
  'stale-advisories': {
    title: 'Advisories out of date',
    advice: 'The feed was not synchronised for too long: newer vulnerabilities are not known here. Synchronise it.',
    page: '/feeds',
  },
};

const OTHER: GapAdvice = {
  title: 'Other reasons',
  advice: 'What the reason says tells what is missing. Until then it is unknown, not safe.',
};

/** What a reason means and what to do about it; a reason that this console does not know keeps its own word. */
export function gapAdvice(reason: string): GapAdvice {
  const known = Object.hasOwn(ADVICE, reason) ? ADVICE[reason] : undefined;
  return known ?? { ...OTHER, title: reason === '' ? OTHER.title : reason };
}
