export { SecretsError } from './error.ts';
export { bindSecrets, loadSecrets } from './load-secrets.ts';
export { type Secrets, createSecrets } from './secrets.ts';
export { newSecretsKey } from './secrets-key.ts';
