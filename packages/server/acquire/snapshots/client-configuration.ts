import { armorKeys, type ClientFile, FORMATS } from '@thimble/content';
import type { ClientConfiguration, ClientConfigurationRequest } from '@thimble/protocol';
import { printTicket } from '@thimble/protocol/signing';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { type AnchorRow, definitionOf, readAnchors, readRepositories } from '../repositories/rows.ts';
import { revisionsOfSnapshot } from '../revisions/revision-summary.ts';
import { usableSnapshot } from './usable.ts';

const DAY_MS = 86_400_000;
const DAYS_DEFAULT = 30;

/**
 * What a person writes into the configuration of a machine without an agent, so that it installs from a snapshot. The ticket in it
 * reads content, and can do nothing else.
 *
 * @throws HttpProblem 404; 409 `snapshot-retired`, `no-such-format`
 */
export async function clientConfiguration(
  context: ServerContext,
  organisationId: string,
  snapshotId: string,
  { format, days = DAYS_DEFAULT }: ClientConfigurationRequest,
): Promise<ClientConfiguration> {
  const { kysely } = context.database;
  const { name } = await usableSnapshot(kysely, organisationId, snapshotId);
  const revisions = new Map(
    (await revisionsOfSnapshot(kysely, snapshotId)).map((revision) => [revision.repositoryId, revision]),
  );
  const ids = [...revisions.keys()];
  const rows = await readRepositories(kysely, sql`r.id = any(${ids}::uuid[]) and r.format = ${format}`);
  const printer = FORMATS.get(format);
  if (rows.length === 0 || printer === undefined)
    throw new HttpProblem(409, 'no-such-format', {
      detail: `${name} has no repository of the format ${format}.`,
    });
  const issuedAt = context.clock();
  const expiresAt = new Date(issuedAt.getTime() + days * DAY_MS);
  const password = printTicket(
    {
      format: 1,
      id: context.newId(),
      organisationId,
      endpointId: null,
      site: null,
      issuedAt: issuedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    },
    context.orderKey,
  );
  const open = context.settings.contentAccess === 'open';
  const anchors = Map.groupBy(await readAnchors(kysely, ids), ({ repositoryId }) => repositoryId);
  const authority = authorityFile(context, format);
  const files = rows.flatMap((row) => {
    const revision = revisions.get(row.id);
    if (revision === undefined) return [];
    const keys = keyFiles(format, row.name, anchors.get(row.id) ?? []);
    const [keyring] = keys;
    return [
      ...keys,
      ...printer.clientConfiguration(definitionOf(row), {
        url: `${context.publicUrl}/content/revisions/${revision.id}/`,
        credentials: open ? null : { user: 'thimble', password },
        keyringPath: keyring === undefined || format === 'apk' ? null : keyring.path,
        ...(authority === null ? {} : { caPath: authority.path }),
        label: `${row.name} of ${name}`,
      }),
    ];
  });
  if (authority !== null) files.unshift(authority);
  return { expiresAt: expiresAt.toISOString(), files: joined(files) };
}

type Format = ClientConfigurationRequest['format'];

const KEY_FOLDERS: Readonly<Record<Format, string>> = {
  apt: '/etc/apt/keyrings',
  rpm: '/etc/pki/rpm-gpg',
  apk: '/etc/apk/keys',
  generic: '/etc/thimble',
};

/** The approved keys as the client reads them: the vendor's signature is checked there as everywhere. */
function keyFiles(format: Format, name: string, anchors: readonly AnchorRow[]): ClientFile[] {
  const openpgp = anchors.filter(({ kind }) => kind === 'openpgp').map(({ material }) => material);
  const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return [
    ...(openpgp.length === 0
      ? []
      : [{ path: `${KEY_FOLDERS[format]}/thimble-${slug}.asc`, text: armorKeys(openpgp), secret: false }]),
    ...anchors
      .filter(({ kind }) => kind === 'rsa')
      .map((key) => ({
        path: `${KEY_FOLDERS[format]}/${key.name}`,
        text: Buffer.from(key.material).toString('utf8'),
        secret: false,
      })),
  ];
}

/** The certificate of this server's own authority; null: clients trust the given one already. */
function authorityFile({ caCertificate }: ServerContext, format: Format): ClientFile | null {
  if (caCertificate === undefined) return null;
  // Where apk finds it by itself; the others are told.
  const path = format === 'apk' ? '/usr/local/share/ca-certificates/thimble-ca.crt' : '/etc/ssl/certs/thimble-ca.pem';
  return { path, text: caCertificate, secret: false };
}

/** Several repositories may share a file of credentials: it is written once, with what each of them needs. */
function joined(files: readonly ClientConfiguration['files'][number][]): ClientConfiguration['files'] {
  const groups = Map.groupBy(files, ({ path }) => path);
  return [...groups].map(([path, members]) => ({
    path,
    text: [...new Set(members.map(({ text }) => text))].join('\n'),
    secret: members.some(({ secret }) => secret),
  }));
}
