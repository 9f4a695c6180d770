export { acceptOlderDatabase } from './accept-older.ts';
export { BackupError } from './backup-error.ts';
export { type RecordedBackup, backupServer } from './backup-server.ts';
export type { RestoreReport } from './restore-backup.ts';
export { restoreServer } from './restore-server.ts';
