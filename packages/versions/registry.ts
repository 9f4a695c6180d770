import { deb } from './deb/index.ts';
import { comparable, type ComparableScheme } from './scheme.ts';

/** Adding a scheme is one folder and one line here. */
export const SCHEMES: readonly ComparableScheme[] = [comparable(deb)];
