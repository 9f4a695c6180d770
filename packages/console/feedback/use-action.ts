import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useContext } from 'react';
import { ConfirmationContext, NotConfirmed, withConfirmation } from './confirmation.ts';
import { toastProblem } from './toasts.tsx';

interface ActionOptions<Input, Output> {
  readonly run: (input: Input) => Promise<Output>;
  /** What is fetched again afterwards. */
  readonly refresh?: readonly QueryKey[];
  readonly done?: (output: Output, input: Input) => void;
}

/**
 * Something that the reader asks the server to do; a failure is told in a toast. Where the server wants a proof that it is
 * still them, they are asked for it, and it is done after all.
 */
export function useAction<Input = void, Output = unknown>({ run, refresh = [], done }: ActionOptions<Input, Output>) {
  const client = useQueryClient();
  const confirm = useContext(ConfirmationContext);
  return useMutation({
    mutationFn: (input: Input) => withConfirmation(confirm, () => run(input)),
    onSuccess: (output, input) => {
      for (const queryKey of refresh) void client.invalidateQueries({ queryKey });
      done?.(output, input);
    },
    onError: (error) => {
      if (!(error instanceof NotConfirmed)) toastProblem(error);
    },
  });
}
