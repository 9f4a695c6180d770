/** For whoever attacks backups from outside: a backup and a restore of one database, past the program's settings. */
export { makeBackup } from './backup/make-backup.ts';
export { readKeyFiles } from './backup/key-files.ts';
export { restoreBackup } from './backup/restore-backup.ts';
export { assertNotOlder } from './report/checkpoints/kept-outside.ts';
export { openDatabase, SYSTEM } from './storage/index.ts';
