import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';

/** How the machine patches itself when nobody watches (`thimble patch --timer on`). */
export interface PatchConfig {
  readonly updates: 'security' | 'all';
  readonly reboot: 'never' | 'when-needed';
  readonly restartServices: boolean;
  /** Go back to the versions before when a service that ran has failed afterwards. */
  readonly rollBack: boolean;
  /** systemd calendar event, systemd.time(7). */
  readonly schedule: string;
  /** systemd time span; spreads many machines over it. */
  readonly randomisedDelay: string;
}

export const PATCH_CONFIG_PATH = '/etc/thimble/patch.conf';

export const PATCH_CONFIG_DEFAULTS: PatchConfig = {
  updates: 'security',
  reboot: 'never',
  restartServices: true,
  rollBack: true,
  schedule: '*-*-* 04:00:00',
  randomisedDelay: '2h',
};

/** Every key, once; the file that `--timer on` writes and the help are made from this. */
const KEYS: readonly {
  readonly key: string;
  readonly meaning: string;
  readonly show: (config: PatchConfig) => string;
  /** undefined: not a value of this key. */
  readonly read: (value: string) => Partial<PatchConfig> | undefined;
}[] = [
  {
    key: 'updates',
    meaning: 'which updates are installed: security or all',
    show: ({ updates }) => updates,
    read: (value) => (value === 'security' || value === 'all' ? { updates: value } : undefined),
  },
  {
    key: 'reboot',
    meaning: 'never, or when-needed: reboot when an update is effective only after it',
    show: ({ reboot }) => reboot,
    read: (value) => (value === 'never' || value === 'when-needed' ? { reboot: value } : undefined),
  },
  {
    key: 'restart-services',
    meaning: 'yes or no: restart services that still run replaced code',
    show: ({ restartServices }) => yesNo(restartServices),
    read: (value) => mapYesNo(value, (restartServices) => ({ restartServices })),
  },
  {
    key: 'roll-back',
    meaning: 'yes or no: go back to the versions before when a service has failed afterwards',
    show: ({ rollBack }) => yesNo(rollBack),
    read: (value) => mapYesNo(value, (rollBack) => ({ rollBack })),
  },
  {
    key: 'schedule',
    meaning: 'when, as a systemd calendar event (systemd.time(7)); takes effect with `thimble patch --timer on`',
    show: ({ schedule }) => schedule,
    read: (value) => (/^[\w*:.,/~ +-]{1,200}$/.test(value) ? { schedule: value } : undefined),
  },
  {
    key: 'randomised-delay',
    meaning: 'a random delay up to this, so that many machines do not fetch at once; takes effect like the schedule',
    show: ({ randomisedDelay }) => randomisedDelay,
    read: (value) => (/^[\w. ]{1,50}$/.test(value) ? { randomisedDelay: value } : undefined),
  },
];

/** @throws CliError `bad-config`: a misspelt line must not silently mean something else. */
export function parsePatchConfig(text: string, path = PATCH_CONFIG_PATH): PatchConfig {
  let config = PATCH_CONFIG_DEFAULTS;
  const seen = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) continue;
    const where = `line ${index + 1} of ${path}`;
    const [, key, value = ''] = /^([a-z-]+)\s*=\s*(.*)$/.exec(content) ?? [];
    const entry = KEYS.find((candidate) => candidate.key === key);
    if (entry === undefined)
      throw badConfig(
        `${where} is not understood: ${JSON.stringify(content)}`,
        `Lines are \`key = value\`; keys are ${KEYS.map((known) => known.key).join(', ')}.`,
      );
    if (seen.has(entry.key)) throw badConfig(`${where}: ${entry.key} is set twice`);
    seen.add(entry.key);
    const change = entry.read(value);
    if (change === undefined)
      throw badConfig(`${where}: ${JSON.stringify(value)} is no value for ${entry.key}`, `It is ${entry.meaning}.`);
    config = { ...config, ...change };
  }
  return config;
}

/** The file as it is written for an administrator to read and change. */
export function printPatchConfig(config: PatchConfig): string {
  const lines = KEYS.map(
    ({ key, meaning, show }) => `# ${meaning[0]?.toUpperCase()}${meaning.slice(1)}.\n${key} = ${show(config)}\n`,
  );
  return `# How this machine patches itself: read by \`thimble patch --apply --unattended\`, which the timer runs.\n\n${lines.join('\n')}`;
}

export function patchConfigHelp(): string {
  return KEYS.map(
    ({ key, meaning, show }) => `  ${`${key} = ${show(PATCH_CONFIG_DEFAULTS)}`.padEnd(30)} ${meaning}`,
  ).join('\n');
}

function badConfig(message: string, hint?: string): CliError {
  return new CliError('bad-config', message, { hint, exitCode: EXIT.usage });
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function mapYesNo(value: string, change: (value: boolean) => Partial<PatchConfig>): Partial<PatchConfig> | undefined {
  return value === 'yes' || value === 'no' ? change(value === 'yes') : undefined;
}
