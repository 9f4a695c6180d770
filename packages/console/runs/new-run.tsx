import type { Selection } from '@thimble/protocol';
import { createContext, lazy, Suspense, useCallback, useContext, useState, type ReactNode } from 'react';

/** What a new run begins with; everything can still be changed in the dialog. */
export interface NewRunDraft {
  /** Chosen endpoints; left out: the reader chooses. */
  readonly endpoints?: readonly { readonly id: string; readonly hostname: string }[];
  readonly packages?: readonly string[];
  readonly selection?: Selection['kind'];
  /** From which packages come; left out: each endpoint's own repositories. */
  readonly snapshot?: { readonly id: string; readonly name: string };
}

const NewRunContext = createContext<(draft: NewRunDraft) => void>(() => undefined);
const NewRunDialog = lazy(async () => ({ default: (await import('./new-run-dialog.tsx')).NewRunDialog }));

/** Opens the dialog for a new patch run from anywhere. */
export function useNewRun(): (draft: NewRunDraft) => void {
  return useContext(NewRunContext);
}

export function NewRunProvider({ children }: { children: ReactNode }) {
  const [draft, setDraft] = useState<NewRunDraft>();
  const close = useCallback(() => setDraft(undefined), []);
  return (
    <NewRunContext value={setDraft}>
      {children}
      {draft === undefined ? null : (
        <Suspense>
          <NewRunDialog draft={draft} onClose={close} />
        </Suspense>
      )}
    </NewRunContext>
  );
}
