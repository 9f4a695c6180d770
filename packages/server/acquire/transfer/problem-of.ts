import { ContentFault, StoreError } from '@thimble/content';
import { ContentBundleError } from '@thimble/content/bundle';
import { HttpProblem } from '../../http/index.ts';

/** What is wrong with a bundle or the disk, as people are told; what is a bug stays as it is. */
export function problemOf(error: unknown): unknown {
  if (error instanceof ContentBundleError)
    return new HttpProblem(error.code === 'bundle-incomplete' ? 409 : 422, error.code, {
      detail: `The bundle is not taken: ${error.message}.`,
      hint: error.hint,
      cause: error,
    });
  if (error instanceof ContentFault)
    return error.code === 'disk-full'
      ? noRoom(error)
      : new HttpProblem(422, 'wrong-digest', { detail: `${error.message}.`, hint: AGAIN, cause: error });
  if (error instanceof StoreError)
    return error.code === 'disk-full'
      ? noRoom(error)
      : new HttpProblem(503, 'store-unavailable', {
          detail: `The content store can’t be used: ${error.message}`,
          hint: 'Mend that and say it again: what is there is not sent again.',
          cause: error,
        });
  return error;
}

/** What the vendor's own format finds wrong with a repository of a bundle. */
export function refused(repository: string, error: unknown): unknown {
  if (!(error instanceof ContentFault) || error.code === 'disk-full') return error;
  return new HttpProblem(422, 'bundle-refused', {
    detail: `${repository} of the bundle does not hold (${error.code}): ${error.message}`,
    hint: `Nothing of the bundle was taken over. ${error.code === 'same-version-other-bytes' ? BEGIN_ANEW : 'Verify it (thimble content verify), and export it again.'}`,
    extra: { fault: error.code },
    cause: error,
  });
}

const BEGIN_ANEW = 'If the vendor did replace files, remove the repository here and import again: it begins anew then.';
const AGAIN =
  'Say it again: what is there is not sent again. If it stays so, verify the bundle (thimble content verify).';

function noRoom(cause: ContentFault | StoreError): HttpProblem {
  const hint = 'Say it again when there is room: what is here is not sent again.';
  return new HttpProblem(507, 'disk-full', { detail: cause.message, hint, side: 'host', cause });
}
