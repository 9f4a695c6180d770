import type { FileCheck } from '@thimble/content';

/** What a check compares, as it is stored. */
export function checkValue(check: FileCheck): string {
  switch (check.kind) {
    case 'sha256':
      return check.sha256;
    case 'sha512':
      return check.sha512;
    case 'apk':
      return check.controlSha1;
  }
}
