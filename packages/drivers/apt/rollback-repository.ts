import type { KeptPackage, PackageChange } from '@thimble/protocol';
import type { Host } from '../host.ts';
import type { AptError } from './apt-errors.ts';
import { classifyAptError } from './apt-errors.ts';
import { digestsOf } from './digests.ts';
import { keptPath, readKept } from './keep.ts';
import { DEADLINES } from './limits.ts';
import { orderFolder, type OrderFolder } from './order-folder.ts';
import { aptGet, type AptWorkspace } from './workspace.ts';

export type RollbackRepository =
  | { readonly ok: true; readonly workspace: AptWorkspace }
  | { readonly ok: false; readonly error: AptError };

/**
 * An apt whose only source is the kept files of the order that is undone: the network is not needed, and nothing but
 * what this endpoint itself fetched and verified then can come in.
 */
export async function rollbackRepository(
  host: Host,
  workspace: AptWorkspace,
  folder: OrderFolder,
  undoes: string,
  changes: readonly PackageChange[],
): Promise<RollbackRepository> {
  const source = orderFolder(workspace, undoes);
  const wanted = changes.filter((change) => change.to !== null);
  const kept = await readKept(host, source);
  const files = wanted.map((change) => ({ change, kept: kept.find((each) => fits(each, change)) }));
  const missing = files
    .filter((each) => each.kept === undefined)
    .map(({ change }) => `${change.name} ${change.to ?? ''}`);
  if (missing.length > 0) {
    return failure('no-rollback-files', `order ${undoes} kept no such file of: ${missing.slice(0, 20).join(', ')}`);
  }
  for (const each of ['lists/partial', 'archives/partial']) await host.makeDirectory(`${folder.directory}/${each}`);
  const stanzas: string[] = [];
  const digests = await digestsOf(
    host,
    files.flatMap((each) => (each.kept === undefined ? [] : [keptPath(source, each.kept)])),
  );
  for (const { kept: file } of files) {
    if (file === undefined) continue;
    const path = keptPath(source, file);
    if (digests.get(path) !== file.sha256)
      return failure('digest-mismatch', `the kept file of ${file.name} was changed`);
    const control = await host.run(['dpkg-deb', '--field', path], { deadlineMs: DEADLINES.queryMs });
    if (control.exitCode !== 0) return failure('no-rollback-files', `the kept file of ${file.name} can't be read`);
    const name = path.slice(source.kept.length + 1);
    // Where apt takes a file from without a download.
    await host.copyFile(path, `${folder.directory}/archives/${name}`);
    stanzas.push(`${control.stdout.trimEnd()}\nFilename: ./${name}\nSize: ${file.sizeBytes}\nSHA256: ${file.sha256}\n`);
  }
  await host.writeFile(`${source.kept}/Packages`, stanzas.join('\n'));
  return prepareApt(host, workspace, folder, source);
}

async function prepareApt(
  host: Host,
  workspace: AptWorkspace,
  folder: OrderFolder,
  source: OrderFolder,
): Promise<RollbackRepository> {
  const { directory } = folder;
  await host.writeFile(`${directory}/sources.list`, `deb [trusted=yes] file:${source.kept} ./\n`);
  const settings = [
    `Dir::Etc::sourcelist=${directory}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${directory}/lists`,
    `Dir::Cache::archives=${directory}/archives`,
    'Dir::Cache::pkgcache=',
    'Dir::Cache::srcpkgcache=',
    // Files of root in a folder of root: nothing is fetched that a sandbox could keep away.
    'APT::Sandbox::User=root',
  ];
  const own: AptWorkspace = {
    ...workspace,
    lists: `${directory}/lists`,
    archives: `${directory}/archives`,
    options: settings.flatMap((each) => ['-o', each]),
  };
  const result = await host.run(aptGet(own, 'update'), { deadlineMs: DEADLINES.refreshMs });
  if (result.exitCode !== 0) return { ok: false, error: classifyAptError(result.stderr, 'no-rollback-files') };
  return { ok: true, workspace: own };
}

function fits(kept: KeptPackage, change: PackageChange): boolean {
  const { name, architecture, to, sha256 } = change;
  return kept.name === name && kept.architecture === architecture && kept.version === to && kept.sha256 === sha256;
}

function failure(code: AptError['code'], message: string): RollbackRepository {
  return { ok: false, error: { code, message } };
}
