import type { Selection } from '@thimble/protocol';
import { plural } from '../format/quantity.ts';

export function selectionWords(selection: Selection): string {
  switch (selection.kind) {
    case 'security':
      return 'security';
    case 'all':
      return 'all';
    case 'packages': {
      const [first] = selection.packages;
      return selection.packages.length === 1 && first !== undefined
        ? first.name
        : plural(selection.packages.length, 'package');
    }
  }
}
