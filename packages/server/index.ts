export { apiSocketPath } from './api-socket.ts';
export { type Principal, agentOf, hashSecret, newSecret, operatorOf } from './access/index.ts';
export {
  BackupError,
  type RecordedBackup,
  type RestoreReport,
  acceptOlderDatabase,
  backupServer,
  restoreServer,
} from './backup/index.ts';
export type { ServerContext, Stage } from './context.ts';
export type { EventBus, ServerEvent } from './events/index.ts';
export { type App, HttpProblem, ListenError, type RouteAccess } from './http/index.ts';
export { LockError } from './instance/index.ts';
export { ServerKeyError } from './keys/index.ts';
export { PostgresError } from './postgres/index.ts';
export { type KeyChange, changeSecretsKey } from './secrets/change-key.ts';
export { SecretsError } from './secrets/index.ts';
export { type RunningServer, type ServeOptions, startServer } from './serve.ts';
export {
  type Settings,
  SettingsError,
  loadSettings,
  processSources,
  settingsDocument,
  settingsHelp,
} from './settings/index.ts';
export { type Database, StorageError, type Tables } from './storage/index.ts';
export { TlsError } from './tls/index.ts';
export { STAGES } from './stages.ts';
