import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/**
 * The agent's whole code, or that of another entry, as one CommonJS text: what a single executable's main script has to be.
 *
 * @param version says that it is another one than the sources: what a lab updates to.
 */
export async function bundle(
  root: string,
  entry: string = 'packages/cli/endpoint.ts',
  version?: string,
): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, entry)],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    // Names stay, so that a stack in a log says where.
    keepNames: true,
    legalComments: 'none',
    write: false,
    logLevel: 'warning',
    // The CycloneDX library looks for validators and XML writers, and does without: we write JSON.
    external: ['xmlbuilder2', 'libxmljs2', 'ajv', 'ajv-formats', 'ajv-formats-draft2019'],
    define: { 'import.meta.main': 'false' },
    plugins: version === undefined ? [] : [sayingVersion(version)],
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild made no file');
  return file.text;
}

function sayingVersion(version: string): Plugin {
  return {
    name: 'version',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\/packages\/(agent|cli)\/version\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        return { contents: text.replace(/'\d+\.\d+\.\d+'/, `'${version}'`), loader: 'ts' };
      }),
  };
}
