import { ovalFeed } from '../../feed/oval/oval-feed.ts';

/** 130 MB unpacked in 2026. */
const LIMIT_BYTES = 2_000_000_000;

export const oracle = ovalFeed(
  {
    id: 'oracle',
    name: 'Oracle Linux errata',
    publisher: 'Oracle',
    documentation: 'https://linux.oracle.com/security/oval/',
    licence: 'not stated',
    namespaces: ['ol'],
    baseUrl: 'https://linux.oracle.com/security/oval/',
    intervalHours: 6,
    start: () => [{ path: 'com.oracle.elsa-all.xml.bz2', role: 'oval', packing: 'bzip2', limitBytes: LIMIT_BYTES }],
  },
  {
    advisorySource: 'elsa',
    nameKind: 'binary',
    namespace: (conditions) => {
      const release = conditions.flatMap(
        (comment) => /^Oracle Linux (\d{1,2}) is installed$/.exec(comment)?.[1] ?? [],
      )[0];
      return release === undefined ? null : `ol:${release}`;
    },
  },
);
