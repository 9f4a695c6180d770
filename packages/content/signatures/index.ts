export { armorKeys } from './armor.ts';
export { readKeyring, type KeyringKey } from './keyring.ts';
export { verifyClearsigned, verifyDetached, type VerifiedBy, type VerifiedText } from './verify.ts';
