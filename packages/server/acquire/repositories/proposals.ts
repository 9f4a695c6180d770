import type { ConfiguredRepository, RepositoryProposal, RepositoryProposalList } from '@thimble/protocol';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { type SharedDocument, hostnamesWith, sharedDocuments } from './configured.ts';
import { accepted, keysOf } from './endpoint-keys.ts';
import { comparable, placeId, placeNames } from './place.ts';
import { problemOfProposal } from './proposal-problem.ts';
import type { ProposedPlace } from './proposed-place.ts';
import { type PublicKey, summariseKey } from './public-key.ts';
import { readRepositories } from './rows.ts';

const HOSTNAMES_NAMED = 10;
/** As the protocol's lists allow. */
const LIMITS = { uris: 64, components: 64, architectures: 16, keys: 256 } as const;

/** What endpoints have configured and nobody has decided about: the most common first. */
export async function proposals(context: ServerContext, organisationId: string): Promise<RepositoryProposalList> {
  const { kysely } = context.database;
  const places = new Map<string, ProposedPlace>();
  for await (const document of sharedDocuments(kysely, organisationId, 'places-and-keys'))
    await addDocument(places, document);
  const added = new Set(
    (await readRepositories(kysely, sql`r.organisation_id = ${organisationId}`)).flatMap((row) => placeNames(row)),
  );
  const now = context.clock();
  const items: RepositoryProposal[] = [];
  for (const [id, place] of places) {
    if (placeNames({ ...place.first, uris: [...place.uris.values()] }).some((name) => added.has(name))) continue;
    items.push({
      ...toProposal(id, place, now),
      endpoints: [...(await hostnamesWith(kysely, organisationId, place.documents, HOSTNAMES_NAMED))],
    });
  }
  items.sort((a, b) => b.endpointCount - a.endpointCount || (a.name < b.name ? -1 : 1));
  return { items, total: items.length };
}

async function addDocument(
  places: Map<string, ProposedPlace>,
  { sha256, endpointCount, document }: SharedDocument,
): Promise<void> {
  const keyrings = new Map(document.keyrings.map((keyring) => [keyring.sha256, keyring]));
  // One endpoint may name a place in several entries: it counts once, with all that they accept.
  const entries = Map.groupBy(document.repositories, placeId);
  for (const [id, [first, ...more]] of entries) {
    if (first === undefined) continue;
    const place = places.get(id) ?? newPlace(first);
    places.set(id, place);
    place.endpointCount += endpointCount;
    place.documents.push(sha256);
    const keys = new Map<string, PublicKey>();
    for (const entry of [first, ...more]) {
      for (const uri of entry.uris) if (!place.uris.has(comparable(uri))) place.uris.set(comparable(uri), uri);
      for (const component of entry.components) place.components.add(component);
      for (const architecture of entry.architectures) place.architectures.add(architecture);
      if (entry.trust === 'unsigned') continue;
      for (const digest of entry.keyrings) {
        const keyring = keyrings.get(digest);
        if (keyring === undefined) continue;
        for (const key of accepted(entry, await keysOf(keyring))) keys.set(key.fingerprint, key);
      }
    }
    if ([first, ...more].some(({ trust }) => trust === 'unsigned')) place.unsignedCount += endpointCount;
    for (const [fingerprint, key] of keys) {
      const known = place.keys.get(fingerprint) ?? { key, endpointCount: 0 };
      known.endpointCount += endpointCount;
      place.keys.set(fingerprint, known);
    }
  }
}

function newPlace(first: ConfiguredRepository): ProposedPlace {
  return {
    first,
    uris: new Map(),
    components: new Set(),
    architectures: new Set(),
    documents: [],
    keys: new Map(),
    endpointCount: 0,
    unsignedCount: 0,
  };
}

function toProposal(id: string, place: ProposedPlace, now: Date): Omit<RepositoryProposal, 'endpoints'> {
  const { first } = place;
  return {
    id,
    format: first.format,
    uris: [...place.uris.values()].slice(0, LIMITS.uris).map(shownAddress),
    mirrorList: first.mirrorList === null ? null : shownAddress(first.mirrorList),
    suite: first.suite,
    components: [...place.components].sort().slice(0, LIMITS.components),
    architectures: [...place.architectures].sort().slice(0, LIMITS.architectures),
    name: nameOf(first),
    endpointCount: place.endpointCount,
    keys: [...place.keys.values()]
      .sort((a, b) => b.endpointCount - a.endpointCount || (a.key.fingerprint < b.key.fingerprint ? -1 : 1))
      .slice(0, LIMITS.keys)
      .map(({ key, endpointCount }) => ({ key: summariseKey(key, now), endpointCount })),
    unsignedCount: place.unsignedCount,
    problem: problemOfProposal(place, now),
  };
}

/** `deb.example/debian bookworm-updates`: as people would say it. */
function nameOf({ uris, mirrorList, suite, name }: ConfiguredRepository): string {
  const address = uris[0] ?? mirrorList;
  const url = address === null || address === undefined ? null : URL.parse(address);
  const where = url === null ? (address ?? name) : `${url.host}${url.pathname.replace(/\/+$/, '')}`;
  return `${where}${suite === '' ? '' : ` ${suite}`}`.slice(0, 200);
}

function shownAddress(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address;
  if (url.username === '' && url.password === '') return address;
  url.username = '';
  url.password = '';
  return url.href;
}
