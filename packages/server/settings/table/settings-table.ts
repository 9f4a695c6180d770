import { agentSettings } from './agents.ts';
import { contentSettings } from './content.ts';
import { databaseSettings } from './database.ts';
import { feedSettings } from './feeds.ts';
import { keySettings } from './keys.ts';
import { limitSettings } from './limits.ts';
import { rolloutSettings } from './rollouts.ts';
import { serverSettings } from './server.ts';
import { signInSettings } from './sign-in.ts';
import type { Setting } from './setting.ts';

/** Every setting of the server, once; a theme is one file and one line. Parsing, --help and docs/settings.md are made from this table. */
export const settingsTable = [
  ...serverSettings,
  ...databaseSettings,
  ...keySettings,
  ...agentSettings,
  ...signInSettings,
  ...limitSettings,
  ...feedSettings,
  ...contentSettings,
  ...rolloutSettings,
] as const satisfies readonly Setting[];

type Entry = (typeof settingsTable)[number];

type ValueOf<E extends Entry> = E extends { type: 'port' | 'integer' }
  ? number
  : E extends { type: 'boolean' }
    ? boolean
    : E extends { choices: readonly (infer C)[] }
      ? C
      : string;

/** The parsed settings, `data` resolved to a real path. */
export type Settings = {
  readonly [E in Entry as E['name']]: E['name'] extends 'data'
    ? string
    : E extends { default: undefined }
      ? ValueOf<E> | undefined
      : ValueOf<E>;
};
