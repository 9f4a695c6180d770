/** Where the agent says what it does: one line each, for journald or a terminal. Never a secret. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Lines with the syslog priority that journald reads (sd-daemon(3)) when it is the reader, plain text otherwise. */
export function createLog(write: (line: string) => void, journal: boolean): Log {
  const line = (priority: number, message: string) =>
    write(`${journal ? `<${priority}>` : ''}${message.replaceAll('\n', ' ')}\n`);
  return {
    info: (message) => line(6, message),
    warn: (message) => line(4, message),
    error: (message) => line(3, message),
  };
}

export const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
