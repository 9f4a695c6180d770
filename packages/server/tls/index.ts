export { fingerprint } from './authority.ts';
export { type TlsOptions, TlsError, loadTls } from './load.ts';
export { ownNames } from './names.ts';
export { readIfPresent, writePrivateFile } from './private-file.ts';
export { loadSelfSigned } from './self-signed.ts';
