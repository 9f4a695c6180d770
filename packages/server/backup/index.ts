export { acceptOlderDatabase } from './accept-older.ts';
export { BackupError } from './backup-error.ts';
export { backupServer } from './backup-server.ts';
export type { BackupReport } from './make-backup.ts';
export type { RestoreReport } from './restore-backup.ts';
export { restoreServer } from './restore-server.ts';
