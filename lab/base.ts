import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { machineArchitecture } from './architecture.ts';
import { machineMirror } from './apt-sources.ts';
import { buildFirst, buildLayer } from './base-build.ts';
import { withFileLock } from './file-lock.ts';
import { cacheFolder } from './folders.ts';
import { LabError } from './lab-error.ts';
import { unmountBelow } from './overlay.ts';
import { RECIPE_VERSION, recipes, type BaseName, type Recipe } from './recipes.ts';
import { ensureTools } from './tools.ts';

/** A read-only root file system: the folders of its layers, topmost first. */
export type BaseImage = { readonly name: string; readonly lowers: readonly string[] };

/**
 * Gives the base, built now if no earlier run left it in the cache (web: about 20-40 s). A base is built beside its
 * place and renamed, under a lock, so that one that exists is whole. Throws LabError `base-failed` or `tools-missing`.
 */
export async function ensureBase(name: BaseName, report: (line: string) => void = () => {}): Promise<BaseImage> {
  await ensureTools();
  const architecture = await machineArchitecture();
  const known = recipes(architecture);
  const recipe = known.get(name);
  if (recipe === undefined) throw new LabError('base-failed', `no recipe is named '${String(name)}'`);
  const parent = recipe.on === undefined ? undefined : await ensureBase(recipe.on as BaseName, report);
  const folder = join(cacheFolder(), 'bases', `${name}-${keyOf(recipe, parent)}`);
  if (!existsSync(folder)) {
    await withFileLock(join(cacheFolder(), 'locks', `base-${name}`), async () => {
      if (!existsSync(folder)) await build(recipe, parent, folder, report);
    });
  }
  return { name, lowers: [folder, ...(parent?.lowers ?? [])] };
}

function keyOf(recipe: Recipe, parent: BaseImage | undefined): string {
  const content = JSON.stringify([RECIPE_VERSION, recipe, parent?.lowers[0] ?? null]);
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

async function build(
  recipe: Recipe,
  parent: BaseImage | undefined,
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
      parent === undefined
        ? await buildFirst(recipe, mirror, unfinished)
        : await buildLayer(recipe, mirror, unfinished, parent.lowers);
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
