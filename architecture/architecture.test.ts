import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, sourceFiles, type ImportStatement } from './imports.ts';
import { PACKAGES, type PackageRule } from './packages.ts';
import { withPicture } from './picture.ts';

const root = join(import.meta.dirname, '..');
const isTest = (file: string): boolean => /\.test\.tsx?$|\/testing\/|\/fixtures\//.test(file);
/** Packages that any test may use besides those that its package declares. */
const TEST_PACKAGES = [
  'vitest',
  'fast-check',
  'typebox',
  'oidc-provider',
  'playwright-core',
  '@axe-core/playwright',
  'axe-core',
  'esbuild',
];
const BUILD_PACKAGES = ['vite', '@vitejs/plugin-react', 'vitest', 'esbuild', 'postject'];

function describeImport({ file, line, specifier }: ImportStatement): string {
  return `${file}:${line} imports ${specifier}`;
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

interface PackageFile {
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function packageFile(rule: PackageRule): PackageFile {
  return JSON.parse(readFileSync(join(root, rule.folder, 'package.json'), 'utf8')) as PackageFile;
}

function violations(rule: PackageRule, judge: (statement: ImportStatement, test: boolean) => boolean): string[] {
  return sourceFiles(root, rule.folder)
    .flatMap((file) => importsOf(root, file))
    .filter((statement) => judge(statement, isTest(statement.file)))
    .map(describeImport);
}

describe('the table of packages', () => {
  it('names every package there is, and no other', () => {
    const folders = [...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`), 'lab', 'bench'];
    expect(PACKAGES.map((rule) => rule.folder).sort()).toEqual(folders.sort());
  });

  it('lets imports go to lower ranks only, so there is no cycle', () => {
    const rank = new Map(PACKAGES.map((rule) => [rule.name, rule.rank]));
    const upward = PACKAGES.flatMap((rule) =>
      rule.imports.filter((name) => (rank.get(name) ?? Infinity) >= rule.rank).map((name) => `${rule.name} → ${name}`),
    );
    expect(upward).toEqual([]);
  });

  it('is what ARCHITECTURE.md shows', () => {
    const document = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
    expect(document, 'run `npm run build` to draw it again').toBe(withPicture(document));
  });
});

describe.each(PACKAGES)('package $name', (rule) => {
  it('imports only the packages of the house that the table allows', () => {
    expect(
      violations(rule, ({ specifier }, test) => {
        const name = /^@thimble\/([^/]+)/.exec(specifier)?.[1];
        if (name === undefined || name === rule.name) return false;
        return !rule.imports.includes(name) && !(test && name === 'lab');
      }),
    ).toEqual([]);
  });

  it('goes into another package only by an entry that its package.json exports', () => {
    const entries = new Map(PACKAGES.map((other) => [other.name, Object.keys(packageFile(other).exports ?? {})]));
    expect(
      violations(rule, ({ specifier }) => {
        const match = /^@thimble\/([^/]+)(\/.*)?$/.exec(specifier);
        return match !== null && !(entries.get(match[1] ?? '') ?? []).includes(`.${match[2] ?? ''}`);
      }),
    ).toEqual([]);
  });

  it('reaches no other package by a relative path', () => {
    expect(
      violations(rule, ({ file, specifier }, test) => {
        if (!specifier.startsWith('.')) return false;
        const target = normalize(join(dirname(file), specifier));
        return (
          !target.startsWith(`${rule.folder}/`) &&
          !test &&
          !target.startsWith('scripts/') &&
          !target.endsWith('package.json')
        );
      }),
    ).toEqual([]);
  });

  it('declares what it imports', () => {
    const declared = new Set(Object.keys(packageFile(rule).dependencies ?? {}));
    expect(
      violations(rule, ({ file, specifier }, test) => {
        if (specifier.startsWith('.') || isBuiltin(specifier) || specifier.startsWith('virtual:')) return false;
        const name = packageName(specifier);
        if (name === `@thimble/${rule.name}` || declared.has(name)) return false;
        if (test && (TEST_PACKAGES.includes(name) || name === '@thimble/lab')) return false;
        if (rule.name === 'lab' && TEST_PACKAGES.includes(name)) return false;
        return !(BUILD_PACKAGES.includes(name) && /\/build\/|\.config\.ts$/.test(file));
      }),
    ).toEqual([]);
  });

  if (rule.builtins !== 'all')
    it('uses no Node module but those that the table allows', () => {
      expect(
        violations(rule, ({ file, specifier }, test) => {
          if (test || !isBuiltin(specifier) || /\/build\/|\.config\.ts$|console\/index\.ts$/.test(file)) return false;
          return !rule.builtins.includes(specifier);
        }),
      ).toEqual([]);
    });

  if (rule.pure)
    it('has no clock, randomness, environment or network', () => {
      const impure =
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bfetch\(|\bsetTimeout\(|\bsetInterval\(|\brandomBytes\(|\brandomUUID\(/;
      const found = sourceFiles(root, rule.folder)
        .filter((file) => !isTest(file) && existsSync(join(root, file)))
        .flatMap((file) =>
          readFileSync(join(root, file), 'utf8')
            .split('\n')
            .map((text, index) => ({ text, place: `${file}:${index + 1}` }))
            .filter(({ text }) => !/^\s*(\*|\/\/|\/\*)/.test(text) && impure.test(text))
            .map(({ place, text }) => `${place} ${text.trim()}`),
        );
      expect(found).toEqual([]);
    });
});

describe('a family of plugins', () => {
  it('has no member that imports its sibling', () => {
    const families = ['packages/drivers', 'packages/versions', 'packages/advisories/feeds'];
    const found = families.flatMap((family) => {
      const members = readdirSync(join(root, family), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
        .map((entry) => entry.name);
      return members.flatMap((member) =>
        sourceFiles(root, `${family}/${member}`)
          .flatMap((file) => importsOf(root, file))
          .filter(
            ({ file, specifier }) =>
              specifier.startsWith('.') &&
              members.some(
                (other) =>
                  other !== member && normalize(join(dirname(file), specifier)).startsWith(`${family}/${other}/`),
              ),
          )
          .map(describeImport),
      );
    });
    expect(found).toEqual([]);
  });
});

describe("the server's stages", () => {
  const STAGES = ['discover', 'acquire', 'advisories', 'feeds', 'assess', 'deploy', 'report', 'access', 'downloads'];
  it('talk to each other through their public module only', () => {
    const found = STAGES.filter((stage) => existsSync(join(root, 'packages/server', stage))).flatMap((stage) =>
      sourceFiles(root, `packages/server/${stage}`)
        .filter((file) => !isTest(file))
        .flatMap((file) => importsOf(root, file))
        .filter(({ file, specifier }) => {
          if (!specifier.startsWith('.')) return false;
          const target = normalize(join(dirname(file), specifier));
          return STAGES.some(
            (other) =>
              other !== stage &&
              target.startsWith(`packages/server/${other}/`) &&
              target !== `packages/server/${other}/index.ts`,
          );
        })
        .map(describeImport),
    );
    expect(found).toEqual([]);
  });
});
