import type { PolicyValidation } from '@thimble/protocol';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { validationQuery } from '../../api/policy-queries.ts';

/** Typing has paused. */
const SETTLE_MS = 350;

interface Validated {
  /** Of the text as it was a moment ago; undefined: nothing came yet. */
  readonly validation: PolicyValidation | undefined;
  /** What is shown is of another text than what stands there now. */
  readonly pending: boolean;
  readonly error: unknown;
}

/** What the server says of a text while it is written. */
export function useValidation(text: string): Validated {
  const [settled] = useDebouncedValue(text, SETTLE_MS);
  const query = useQuery(validationQuery(settled));
  return {
    validation: query.data,
    pending: settled !== text || query.isPlaceholderData || query.isPending,
    error: query.error,
  };
}
