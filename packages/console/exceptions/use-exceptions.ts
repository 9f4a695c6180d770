import type { CreateExceptionRequest, Exception } from '@thimble/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { createException, revokeException } from '../api/assess-actions.ts';
import { keys } from '../api/keys.ts';
import { toastProblem, toastUndo } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { requestLike } from './exception-draft.ts';

const TOUCHED = [keys.exceptions, keys.vulnerabilities, keys.risk, keys.nextPatches];
const MADE: Readonly<Record<Exception['kind'], string>> = {
  accepted: 'The risk is accepted',
  'not-affected': 'Marked as not affected',
  'false-positive': 'Marked as a false positive',
};

/** Makes an exception, and offers to take it back. */
export function useCreateException(done: () => void) {
  const client = useQueryClient();
  const renew = (): void => TOUCHED.forEach((queryKey) => void client.invalidateQueries({ queryKey }));
  return useAction<CreateExceptionRequest, Exception>({
    run: createException,
    refresh: TOUCHED,
    done: ({ id, kind }) => {
      done();
      toastUndo(MADE[kind], 'Undo', () => {
        revokeException(id).then(renew, toastProblem);
      });
    },
  });
}

/** Revokes one, and offers to make the same again. */
export function useRevokeException(done: () => void) {
  const client = useQueryClient();
  const renew = (): void => TOUCHED.forEach((queryKey) => void client.invalidateQueries({ queryKey }));
  return useAction<Exception, void>({
    run: ({ id }) => revokeException(id),
    refresh: TOUCHED,
    done: (_nothing, exception) => {
      done();
      toastUndo('The exception was revoked', 'Undo', () => {
        createException(requestLike(exception)).then(renew, toastProblem);
      });
    },
  });
}
