import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { toastProblem } from './toasts.tsx';

interface ActionOptions<Input, Output> {
  readonly run: (input: Input) => Promise<Output>;
  /** What is fetched again afterwards. */
  readonly refresh?: readonly QueryKey[];
  readonly done?: (output: Output, input: Input) => void;
}

/** Something that the reader asks the server to do; a failure is told in a toast. */
export function useAction<Input = void, Output = unknown>({ run, refresh = [], done }: ActionOptions<Input, Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: (output, input) => {
      for (const queryKey of refresh) void client.invalidateQueries({ queryKey });
      done?.(output, input);
    },
    onError: toastProblem,
  });
}
