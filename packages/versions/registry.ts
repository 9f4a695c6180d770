import { apk } from './apk/index.ts';
import { deb } from './deb/index.ts';
import { rpm } from './rpm/index.ts';
import { comparable, type ComparableScheme } from './scheme.ts';

/** Adding a scheme is one folder and one line here. */
export const SCHEMES: readonly ComparableScheme[] = [comparable(apk), comparable(deb), comparable(rpm)];
