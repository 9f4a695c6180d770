import { flagOf, keyOf, variableOf } from './names.ts';
import { type Setting, settingsTable } from './table/index.ts';

const table: readonly Setting[] = settingsTable;

/** The settings as the command line's help shows them. */
export function settingsHelp(): string {
  return table
    .map(
      (setting) =>
        `  ${`${flagOf(setting.name)} ${placeholder(setting)}`.padEnd(36)} ${setting.description}${usual(setting)}`,
    )
    .join('\n');
}

/** The text of docs/settings.md. */
export function settingsDocument(): string {
  const rows = table.map((setting) =>
    [
      `\`${flagOf(setting.name)} ${placeholder(setting)}\``,
      `\`${variableOf(setting.name)}\``,
      setting.name === 'config' ? '' : `\`${keyOf(setting.name)}\``,
      setting.default === undefined ? '' : `\`${setting.default}\``,
      setting.description,
    ]
      .map((cell) => cell.replaceAll('|', '\\|'))
      .join(' | '),
  );
  return `# Settings of the server

Each setting can be given as a flag, as a variable of the environment, or in a file; a flag goes before the environment,
the environment before the file, the file before the default. A value that can't be read, and a flag or key that does not
exist, stop the start with a message.

The file has lines of \`key = value\`; empty lines and lines that start with \`#\` are left out. A relative path starts at
the file's folder, elsewhere at the working directory.

This page is made from \`packages/server/settings/table\` by \`npx vitest run packages/server/settings --update\`.

| flag | environment | key in the file | default | meaning |
| --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join('\n')}
`;
}

function placeholder({ type, choices, range }: Setting): string {
  if (choices !== undefined) return choices.join('|');
  if (range !== undefined) return `${range[0]}..${range[1]}`;
  return type.toUpperCase();
}

function usual({ default: value }: Setting): string {
  return value === undefined ? '' : ` [${value}]`;
}
