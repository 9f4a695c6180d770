import type { Permission } from '@thimble/protocol';
import { cloneElement, type MouseEvent, type ReactElement } from 'react';
import { useMay } from '../api/access-queries.ts';

interface Control {
  readonly disabled?: boolean;
  readonly title?: string;
  readonly onClick?: (event: MouseEvent) => void;
}

/** A button or menu item that the reader’s roles may not allow: then it is there, can’t be used, and says which permission is missing. */
export function Permitted({ needs, children }: { needs: Permission; children: ReactElement<Control> }) {
  if (useMay(needs)) return children;
  return cloneElement(children, {
    disabled: true,
    title: `Your roles do not allow this: it needs ${needs}.`,
    // A link that looks like a button would be followed all the same.
    onClick: (event) => event.preventDefault(),
  });
}
