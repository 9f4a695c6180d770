import type { Host } from '../host.ts';

const WHY =
  'a copy of a live data base is none: it is empty in the clone, and what an update does to the data is not tried';

/** Data folders of servers that keep them open. slapd's is not among them: its upgrade reads it, and may while the server runs. */
const FOLDERS: readonly string[] = [
  '/var/lib/postgresql',
  '/var/lib/mysql',
  '/var/lib/mongodb',
  '/var/lib/redis',
  '/var/lib/influxdb',
  '/var/lib/elasticsearch',
  '/var/lib/clickhouse',
  '/var/lib/cassandra',
  '/var/lib/couchdb',
  '/var/lib/rabbitmq',
  '/var/lib/etcd',
];

/** Folders that are empty in a trial's clone → why. */
export async function hiddenFolders(host: Host): Promise<ReadonlyMap<string, string>> {
  const hidden = new Map<string, string>();
  for (const folder of FOLDERS) {
    const kind = (await host.stat(folder))?.kind;
    if (kind === 'directory' || kind === 'link') hidden.set(folder, WHY);
  }
  return hidden;
}
