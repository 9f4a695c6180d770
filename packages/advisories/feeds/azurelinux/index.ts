import type { FeedContext, FeedRequest } from '../../feed/index.ts';
import { ovalFeed } from '../../feed/oval/oval-feed.ts';

/** 20 MB in 2026. */
const LIMIT_BYTES = 512_000_000;
/** The file of a release. */
const FILES: readonly { readonly namespace: string; readonly file: string }[] = [
  { namespace: 'azurelinux:3.0', file: 'azurelinux-3.0-oval.xml' },
  { namespace: 'mariner:2.0', file: 'cbl-mariner-2.0-oval.xml' },
];

export const azurelinux = ovalFeed(
  {
    id: 'azurelinux',
    name: 'Azure Linux vulnerability data',
    publisher: 'Microsoft',
    documentation: 'https://github.com/microsoft/AzureLinuxVulnerabilityData',
    licence: 'MIT',
    namespaces: ['azurelinux', 'mariner'],
    baseUrl: 'https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/',
    intervalHours: 12,
    start: ({ namespaces }: FeedContext): readonly FeedRequest[] =>
      FILES.filter(({ namespace }) => namespaces === null || namespaces.includes(namespace)).map(
        ({ namespace, file }) => ({
          path: file,
          role: 'oval',
          packing: 'plain',
          limitBytes: LIMIT_BYTES,
          note: namespace,
        }),
      ),
  },
  {
    advisorySource: null,
    // The names are those of the spec files.
    nameKind: 'source',
    namespace: (_conditions, document) => document.request.note ?? null,
  },
);
