import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { machineArchitecture } from './architecture.ts';
import { machineMirror } from './apt-sources.ts';
import { buildFirst, buildLayer } from './base-build.ts';
import { withFileLock } from './file-lock.ts';
import { cacheFolder } from './folders.ts';
import { LabError } from './lab-error.ts';
import { unmountBelow } from './overlay.ts';
import { RECIPE_VERSION, recipes, type BaseName, type Recipe } from './recipes.ts';
import { runOrThrow } from './run.ts';
import { ensureTools } from './tools.ts';

/** A read-only root file system: the folders of its layers, topmost first. */
export type BaseImage = { readonly name: string; readonly lowers: readonly string[] };

/**
 * Gives the base, built now if no earlier run left it in the cache (web: about 20-40 s). A base is built beside its
 * place and renamed, under a lock, so that one that exists is whole. Throws LabError `base-failed` or `tools-missing`.
 */
export async function ensureBase(name: BaseName, report: (line: string) => void = () => {}): Promise<BaseImage> {
  await ensureTools();
  const image = imageOf(name, recipes(await machineArchitecture()));
  const [folder = '', ...lowers] = image.lowers;
  const { recipe } = image;
  if (recipe.on !== undefined) await ensureBase(recipe.on, report);
  if (!existsSync(folder)) {
    await withFileLock(join(cacheFolder(), 'locks', `base-${name}`), async () => {
      if (!existsSync(folder)) await build(recipe, lowers, folder, report);
    });
  }
  return { name, lowers: image.lowers };
}

/** Deletes cached bases that no recipe makes any more and no endpoint stands on. Gives their names. */
export async function pruneBases(): Promise<readonly string[]> {
  const known = recipes(await machineArchitecture());
  const current = new Set([...known.keys()].flatMap((name) => imageOf(name, known).lowers));
  const folder = join(cacheFolder(), 'bases');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  const stale = names.filter((name) => !current.has(join(folder, name)) && !mounts.includes(join(folder, name)));
  for (const name of stale) await runOrThrow(['rm', '-rf', '--one-file-system', join(folder, name)]);
  return stale;
}

/** Where a base is or will be: its folder is named by what it is made of, that of its parent included. */
function imageOf(name: BaseName, known: ReadonlyMap<BaseName, Recipe>): BaseImage & { readonly recipe: Recipe } {
  const recipe = known.get(name);
  if (recipe === undefined) throw new LabError('base-failed', `no recipe is named '${name}'`);
  const lowers = recipe.on === undefined ? [] : imageOf(recipe.on, known).lowers;
  return { name, recipe, lowers: [join(cacheFolder(), 'bases', `${name}-${keyOf(recipe, lowers)}`), ...lowers] };
}

function keyOf(recipe: Recipe, lowers: readonly string[]): string {
  const parent = lowers[0] === undefined ? null : basename(lowers[0]);
  const content = JSON.stringify([RECIPE_VERSION, recipe, parent]);
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

async function build(
  recipe: Recipe,
  lowers: readonly string[],
  folder: string,
  report: (line: string) => void,
): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  // What a killed build left; nobody else builds here, we hold the lock.
  await unmountBelow(unfinished);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  report(`building the base '${recipe.name}' (${recipe.suite}, ${recipe.packages.length} packages asked for) ...`);
  const startMs = performance.now();
  try {
    const mirror = machineMirror();
    const root =
      lowers.length === 0
        ? await buildFirst(recipe, mirror, unfinished)
        : await buildLayer(recipe, mirror, unfinished, lowers);
    renameSync(root, folder);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LabError('base-failed', `base '${recipe.name}' of ${recipe.suite} was not built: ${why}`, { cause });
  } finally {
    await unmountBelow(unfinished);
    rmSync(unfinished, { recursive: true, force: true });
  }
  report(`built '${recipe.name}' in ${Math.round((performance.now() - startMs) / 100) / 10} s`);
}
