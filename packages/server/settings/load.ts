import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { flagOf, keyOf, variableOf } from './names.ts';
import { SettingsError, parseValue } from './parse-value.ts';
import { type Setting, type Settings, settingsTable } from './table/index.ts';

/** Where settings come from, passed in so that nothing of it is hidden. */
export interface SettingsSources {
  /** Words after the command: `--port 8443` or `--port=8443`; a boolean flag may stand alone. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly uid: number;
  /** The file's text, undefined when there is none. */
  readonly readFile: (path: string) => string | undefined;
}

/** Read when no other file is named, and only if it exists. */
const USUAL_FILE = '/etc/thimble/thimble.conf';
const FILE_LIMIT_CHARACTERS = 1024 * 1024;
const table: readonly Setting[] = settingsTable;

/**
 * Flag before environment before file before default.
 *
 * @throws SettingsError for anything unknown or unreadable: a setting that was misspelt must not be silently left out.
 */
export function loadSettings(sources: SettingsSources = processSources()): Settings {
  const fromFlags = readFlags(sources);
  const fromEnvironment = readEnvironment(sources);
  const named = fromFlags.get('config') ?? fromEnvironment.get('config');
  const fromFile = readSettingsFile(sources, typeof named === 'string' ? named : undefined);
  const values = new Map<string, unknown>();
  for (const { name, default: usual } of table)
    values.set(name, fromFlags.get(name) ?? fromEnvironment.get(name) ?? fromFile.get(name) ?? usual);
  if (values.get('data') === undefined) values.set('data', usualDataDirectory(sources));
  if ((values.get('tlsCert') === undefined) !== (values.get('tlsKey') === undefined))
    throw new SettingsError('missing-value', 'tls-cert and tls-key go together: give both or neither');
  if ((values.get('contentS3AccessKey') === undefined) !== (values.get('contentS3SecretKey') === undefined))
    throw new SettingsError(
      'missing-value',
      'content-s3-access-key and content-s3-secret-key go together: give both or neither',
    );
  return Object.fromEntries(values) as unknown as Settings;
}

/** @param argv Words after the command's name. */
export function processSources(argv: readonly string[] = []): SettingsSources {
  return {
    argv,
    environment: process.env,
    workingDirectory: process.cwd(),
    uid: process.getuid?.() ?? 0,
    readFile: (path) => {
      try {
        return readFileSync(path, 'utf8');
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw new SettingsError('bad-file', `${path} can't be read: ${(cause as Error).message}`, { cause });
      }
    },
  };
}

type Values = ReadonlyMap<string, string | number | boolean>;

function readFlags({ argv, workingDirectory }: SettingsSources): Values {
  const values = new Map<string, string | number | boolean>();
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    const equals = word.indexOf('=');
    const flag = equals < 0 ? word : word.slice(0, equals);
    const setting = table.find(({ name }) => flagOf(name) === flag);
    if (setting === undefined) throw new SettingsError('unknown-setting', `${flag}: there is no such setting`);
    let text = equals < 0 ? undefined : word.slice(equals + 1);
    if (text === undefined && setting.type === 'boolean') text = 'true';
    if (text === undefined) text = argv[(index += 1)];
    if (text === undefined) throw new SettingsError('missing-value', `${flag} needs a value`);
    values.set(setting.name, parseValue(setting, text, flag, workingDirectory));
  }
  return values;
}

/** Other THIMBLE_ variables belong to the agent and the command line, so an unknown one is no error here. */
function readEnvironment({ environment, workingDirectory }: SettingsSources): Values {
  const values = new Map<string, string | number | boolean>();
  for (const setting of table) {
    const variable = variableOf(setting.name);
    const text = environment[variable];
    if (text !== undefined && text !== '')
      values.set(setting.name, parseValue(setting, text, variable, workingDirectory));
  }
  return values;
}

function readSettingsFile({ readFile }: SettingsSources, named: string | undefined): Values {
  const path = named ?? USUAL_FILE;
  const text = readFile(path);
  if (text === undefined) {
    if (named === undefined) return new Map();
    throw new SettingsError('bad-file', `the settings file ${path} does not exist`);
  }
  if (text.length > FILE_LIMIT_CHARACTERS) throw new SettingsError('bad-file', `${path} is too long for settings`);
  const values = new Map<string, string | number | boolean>();
  for (const [index, line] of text.split('\n').entries()) {
    const where = `line ${index + 1} of ${path}`;
    const content = line.trim();
    if (content === '' || content.startsWith('#')) continue;
    const match = /^([a-z0-9-]+)\s*=\s*(.*)$/.exec(content);
    if (match === null) throw new SettingsError('bad-file', `${where}: not of the form key = value`);
    const [, key = '', value = ''] = match;
    const setting = table.find(({ name }) => keyOf(name) === key && name !== 'config');
    if (setting === undefined) throw new SettingsError('unknown-setting', `${where}: there is no setting ${key}`);
    if (values.has(setting.name)) throw new SettingsError('bad-file', `${where}: ${key} is set twice`);
    values.set(setting.name, parseValue(setting, value, where, dirname(path)));
  }
  return values;
}

function usualDataDirectory({ uid, environment }: SettingsSources): string {
  if (uid === 0) return '/var/lib/thimble';
  return join(environment['XDG_DATA_HOME'] ?? join(environment['HOME'] ?? homedir(), '.local', 'share'), 'thimble');
}
