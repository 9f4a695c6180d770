import type { FeedItem } from '../../feed/index.ts';
import { anyDay } from '../../feed/moments.ts';
import { line, provenanceOf } from '../../feed/record.ts';
import { DEBIAN_RELEASES } from '../../model/distribution-releases.ts';

export type Distribution = 'debian' | 'ubuntu';

interface Row {
  readonly number: number;
  readonly text: string;
}

const TITLES = { debian: 'Debian', ubuntu: 'Ubuntu' } as const;
/** The columns of support beyond the regular one: the first is the fact's second day, the others are told in words. */
const EXTENDED = {
  debian: [
    ['eol-lts', 'Long Term Support'],
    ['eol-elts', 'Extended Long Term Support (paid)'],
  ],
  ubuntu: [
    ['eol-esm', 'Expanded Security Maintenance (Ubuntu Pro)'],
    ['eol-legacy', 'the Legacy add-on (paid)'],
  ],
} as const;

/** One release: the namespace it has, and until when it is supported. Empty days are not stated. */
export function normaliseRelease(
  distribution: Distribution,
  columns: ReadonlyMap<string, string>,
  { number, text }: Row,
): FeedItem {
  const series = columns.get('series') ?? '';
  const codename = columns.get('codename') ?? '';
  // `22.04 LTS`: the mark of long term support is no part of the version.
  const version = (columns.get('version') ?? '').replace(/ LTS$/, '');
  // Debian's table counts `4.0`, where the release's packages and os-release say 4; sid has no number at all.
  const release = distribution === 'debian' ? (DEBIAN_RELEASES.get(series) ?? version) : version;
  const days = ['eol', ...EXTENDED[distribution].map(([column]) => column)].map((column) => columns.get(column) ?? '');
  const broken = days.find((day) => day !== '' && anyDay(day) === null);
  if (
    !/^[a-z]{2,32}$/.test(series) ||
    !/^(?:\d{1,3}(?:\.\d{1,3})?|sid|experimental)$/.test(release) ||
    broken !== undefined
  )
    return { kind: 'fault', record: `line ${number}`, reason: `is no release: ${line(text.slice(0, 100))}` };
  const [endsOn = null, extendedEndsOn = null] = days.map(anyDay);
  const notes = EXTENDED[distribution].flatMap(([, name], index) => {
    const day = days[index + 1] ?? '';
    return day === '' ? [] : [`${name} until ${anyDay(day) ?? ''}`];
  });
  return {
    kind: 'fact',
    fact: {
      body: {
        kind: 'support',
        subject: `${distribution}:${release}`,
        title: line(`${TITLES[distribution]} ${release === series ? '' : `${release} `}(${codename})`),
        endsOn,
        extendedEndsOn,
        ended: false,
        latest: null,
        note: notes.join('; '),
      },
      provenance: provenanceOf('distro-info', series, text),
    },
  };
}
