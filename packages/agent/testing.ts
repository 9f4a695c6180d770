export { SILENT } from './log.ts';
export { systemClock } from './clock.ts';
export { makeCertificates, type TestCertificate } from './testing/certificates.ts';
export { fakeDriver, fakeHost, TRANSACTION } from './testing/fake-driver.ts';
export { makeUpdateClient, type UpdateClient } from './testing/update-client.ts';
export { inDays, makeSigner, seal, sha256, TARGET } from './testing/update-repository.ts';
