import type { DatabaseSync } from 'node:sqlite';

/** What the server said of a file. */
export interface KnownFile {
  /** null: the server will know it only when it has the bytes itself. */
  readonly sha256: string | null;
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly lastModified: Date | null;
  /** The address has these bytes for ever. */
  readonly immutable: boolean;
}

/** Kept in memory, so that what is asked for all day costs no look into the database. */
const REMEMBERED = 20_000;

/** Which file is at an address, for an organisation that the server let read it. */
export interface KnownAddresses {
  find(organisationId: string, target: string): KnownFile | null;
  /** Keeps what holds for ever. */
  learn(organisationId: string, target: string, file: KnownFile): void;
}

export function createKnownAddresses(database: DatabaseSync): KnownAddresses {
  const select = database.prepare('SELECT * FROM address WHERE organisation = ? AND target = ?');
  const insert = database.prepare('INSERT OR REPLACE INTO address VALUES (?, ?, ?, ?, ?, ?)');
  const recent = new Map<string, KnownFile>();
  const remember = (key: string, file: KnownFile): void => {
    recent.set(key, file);
    if (recent.size > REMEMBERED)
      for (const oldest of recent.keys()) {
        recent.delete(oldest);
        return;
      }
  };
  return {
    find: (organisationId, target) => {
      const key = `${organisationId} ${target}`;
      const known = recent.get(key);
      if (known !== undefined) return known;
      const row = select.get(organisationId, target);
      if (row === undefined) return null;
      const file: KnownFile = {
        sha256: String(row['sha256']),
        sizeBytes: Number(row['size_bytes']),
        contentType: String(row['content_type']),
        lastModified: row['last_modified'] === null ? null : new Date(Number(row['last_modified'])),
        immutable: true,
      };
      remember(key, file);
      return file;
    },
    learn: (organisationId, target, file) => {
      if (file.sha256 === null || !file.immutable) return;
      insert.run(
        organisationId,
        target,
        file.sha256,
        file.sizeBytes,
        file.contentType,
        file.lastModified?.getTime() ?? null,
      );
      remember(`${organisationId} ${target}`, file);
    },
  };
}
