import { HostError, type FileStatus, type Host } from '@thimble/drivers';

/** What an order may name here: executables that this machine's administrator put into a folder of root's. */
export type AllowedKind = 'step' | 'check';

export type Allowed = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly message: string };

export const ALLOW_LIST_FOLDERS: Readonly<Record<AllowedKind, string>> = {
  step: '/etc/thimble/steps.d',
  check: '/etc/thimble/checks.d',
};

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const GROUP_OR_OTHERS_WRITE = 0o022;
const OWNER_EXECUTES = 0o100;

/**
 * The executable that a name stands for. It and every folder above it belong to root, nobody else can write them and none is
 * a link, so that whoever could exchange it afterwards is root anyway. What can't be looked at is not allowed.
 */
export async function findAllowed(host: Host, kind: AllowedKind, name: string): Promise<Allowed> {
  const path = `${ALLOW_LIST_FOLDERS[kind]}/${name}`;
  const refused = (why: string): Allowed => ({ ok: false, message: `${kind} ${name} is not allowed here: ${why}` });
  if (!NAME.test(name)) return { ok: false, message: `${JSON.stringify(name).slice(0, 200)} is no name of a ${kind}` };
  try {
    for (const folder of foldersAbove(path)) {
      const status = await host.stat(folder);
      if (status === null) return refused(`there is no ${folder}`);
      if (status.kind !== 'directory') return refused(`${folder} is not a folder`);
      const unsafe = unsafety(folder, status);
      if (unsafe !== null) return refused(unsafe);
    }
    const status = await host.stat(path);
    if (status === null) return refused(`there is no ${path}`);
    if (status.kind !== 'file') return refused(`${path} is not a regular file`);
    const unsafe = unsafety(path, status);
    if (unsafe !== null) return refused(unsafe);
    if ((status.mode & OWNER_EXECUTES) === 0) return refused(`${path} is not executable`);
    return { ok: true, path };
  } catch (error) {
    if (error instanceof HostError) return refused(error.message);
    throw error;
  }
}

/** `/`, `/etc`, `/etc/thimble`, `/etc/thimble/steps.d`. */
function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/').slice(1, -1);
  return ['/', ...parts.map((_, at) => `/${parts.slice(0, at + 1).join('/')}`)];
}

function unsafety(path: string, { ownerId, mode }: FileStatus): string | null {
  if (ownerId !== 0) return `${path} does not belong to root (uid ${ownerId})`;
  if ((mode & GROUP_OR_OTHERS_WRITE) !== 0) return `others than root can write ${path} (mode ${mode.toString(8)})`;
  return null;
}
