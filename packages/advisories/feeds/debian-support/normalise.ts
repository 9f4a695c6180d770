import type { FeedItem } from '../../feed/index.ts';
import { anyDay } from '../../feed/moments.ts';
import { line, prose, provenanceOf } from '../../feed/record.ts';

interface Entry {
  /** `debian:12`; `debian` where the list is of every release. */
  readonly namespace: string;
  readonly number: number;
  readonly text: string;
}

/** A source package, or an expression for several: `php-horde.*`. */
const NAME = /^[a-z0-9][a-z0-9+.*-]{0,127}$/;
const ENDED = /^(\S{1,128})\s+([0-9A-Za-z.+:~-]{1,128})\s+(\d{4}-\d{2}-\d{2})(?:\s+(.*))?$/;
const LIMITED = /^(\S{1,128})(?:\s+(.*))?$/;

/** `source last-supported-version day details` */
export function normaliseEnded({ namespace, number, text }: Entry): FeedItem {
  const [, name = '', version = '', day = '', details = ''] = ENDED.exec(text) ?? [];
  const endsOn = anyDay(day);
  if (!NAME.test(name) || endsOn === null) return fault(number, text);
  return {
    kind: 'fact',
    fact: {
      body: {
        kind: 'support',
        subject: `${namespace}/source/${name}`,
        title: `Security support of ${name}`,
        endsOn,
        extendedEndsOn: null,
        ended: false,
        // 0: there never was a version with support.
        latest: version === '0' ? null : version,
        note: prose(details),
      },
      provenance: provenanceOf('debian-support', `${namespace}/${name}`, text),
    },
  };
}

/** `source details` */
export function normaliseLimited({ namespace, number, text }: Entry): FeedItem {
  const [, name = '', details = ''] = LIMITED.exec(text) ?? [];
  if (!NAME.test(name)) return fault(number, text);
  return {
    kind: 'fact',
    fact: {
      body: {
        kind: 'support',
        subject: `${namespace}/source/${name}`,
        title: `Security support of ${name}`,
        endsOn: null,
        extendedEndsOn: null,
        ended: 'limited',
        latest: null,
        note: prose(details),
      },
      provenance: provenanceOf('debian-support', `${namespace}/${name}`, text),
    },
  };
}

function fault(number: number, text: string): FeedItem {
  return { kind: 'fault', record: `line ${number}`, reason: `is not understood: ${line(text.slice(0, 100))}` };
}
