import { HostError } from './host.ts';

/** ESRCH: a process that ended while its files were read. ELOOP: a link where none is followed. */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ESRCH', 'EINVAL', 'ELOOP', 'ENAMETOOLONG']);

/** Whether an error of node:fs says that there is no such file. */
export function isAbsent(error: unknown): boolean {
  return ABSENT.has(errorCode(error) ?? '');
}

export function hostError(path: string, error: unknown): HostError {
  if (error instanceof HostError) return error;
  const message = `${path}: ${error instanceof Error ? error.message : String(error)}`;
  return new HostError(hostCode(errorCode(error)), message, { cause: error });
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function hostCode(code: string | undefined): HostError['code'] {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'not-found';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'permission';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'disk-full';
    default:
      return 'io';
  }
}
