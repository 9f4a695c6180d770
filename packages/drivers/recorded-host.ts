import { HostError, type CommandResult, type DetachedCommand, type Host } from './host.ts';

export interface RecordedCommand {
  /** The whole argv, or a test of it. */
  readonly argv: readonly string[] | ((argv: readonly string[]) => boolean);
  readonly result: Partial<CommandResult> | ((argv: readonly string[], host: RecordedHost) => Partial<CommandResult>);
}

export interface Recording {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly links?: Readonly<Record<string, string>>;
  /** Whom files and folders belong to and who may write them; left out: root alone. */
  readonly owned?: Readonly<Record<string, { readonly ownerId?: number; readonly mode?: number }>>;
  readonly commands?: readonly RecordedCommand[];
  /** What a detached command leaves in its directory; by default exit code 0. */
  readonly detached?: (command: DetachedCommand, host: RecordedHost) => { exitCode: number | null; output?: string };
  readonly freeBytes?: number;
  readonly now?: Date;
  readonly privileged?: boolean;
}

/** A host with files in memory; what is written can be read back, what was run is listed. */
export interface RecordedHost extends Host {
  readonly files: Map<string, Buffer>;
  readonly ran: readonly string[][];
}

/** A machine out of recorded outputs. A command that was not recorded is an error of the test. */
export function createRecordedHost(recording: Recording): RecordedHost {
  const files = new Map(Object.entries(recording.files ?? {}).map(([path, data]) => [path, Buffer.from(data)]));
  const links = new Map(Object.entries(recording.links ?? {}));
  const directories = new Set<string>();
  const ran: string[][] = [];
  let nowMs = (recording.now ?? new Date('2026-11-22T00:00:00Z')).getTime();
  const below = (path: string) => `${path.replace(/\/$/, '')}/`;
  const host: RecordedHost = {
    files,
    ran,
    run: async (argv) => {
      ran.push([...argv]);
      const known = recording.commands?.find(({ argv: wanted }) =>
        typeof wanted === 'function' ? wanted(argv) : wanted.join('\0') === argv.join('\0'),
      );
      if (known === undefined) throw new HostError('not-found', `not recorded: ${argv.join(' ')}`);
      const result = typeof known.result === 'function' ? known.result(argv, host) : known.result;
      return { exitCode: 0, signal: null, stdout: '', stderr: '', truncated: false, stopped: null, ...result };
    },
    startDetached: async (command) => {
      ran.push([...command.argv]);
      const end = recording.detached?.(command, host) ?? { exitCode: 0 };
      files.set(`${command.directory}/output`, Buffer.from(end.output ?? ''));
      if (end.exitCode !== null) files.set(`${command.directory}/exit-code`, Buffer.from(`${end.exitCode}\n`));
    },
    detachedRuns: async () => false,
    stopDetached: async () => {},
    readFile: async (path, { maxBytes }) => {
      const data = files.get(path) ?? null;
      if (data !== null && data.length > maxBytes) throw new HostError('too-large', path);
      return data;
    },
    readRange: async (path, { offsetBytes, lengthBytes }) =>
      files.get(path)?.subarray(offsetBytes, offsetBytes + lengthBytes) ?? null,
    listDirectory: async (path) => {
      const prefix = below(path);
      const names = [...files.keys(), ...links.keys(), ...directories]
        .filter((each) => each.startsWith(prefix))
        .map((each) => each.slice(prefix.length).split('/')[0] ?? '');
      return names.length === 0 && !directories.has(path) ? null : [...new Set(names)];
    },
    readLink: async (path) => links.get(path) ?? null,
    stat: async (path) => {
      const data = files.get(path);
      const rest = {
        sizeBytes: data?.length ?? 0,
        modifiedAtMs: 0,
        ownerId: 0,
        mode: 0o755,
        ...recording.owned?.[path],
      };
      if (data !== undefined) return { kind: 'file', ...rest };
      if (links.has(path)) return { kind: 'link', ...rest };
      const directory = directories.has(path) || [...files.keys()].some((each) => each.startsWith(below(path)));
      return directory ? { kind: 'directory', ...rest } : null;
    },
    tree: async () => null,
    freeBytes: async () => recording.freeBytes ?? 1e12,
    writeFile: async (path, data) => void files.set(path, Buffer.from(data)),
    makeDirectory: async (path) => void directories.add(path),
    remove: async (path) => {
      for (const each of files.keys()) if (each === path || each.startsWith(below(path))) files.delete(each);
    },
    copyFile: async (from, to) => {
      const data = files.get(from);
      if (data === undefined) throw new HostError('not-found', from);
      files.set(to, data);
    },
    ownProcessId: null,
    now: () => new Date(nowMs),
    sleep: async (durationMs) => {
      nowMs += durationMs;
    },
    privileged: recording.privileged ?? true,
  };
  return host;
}
