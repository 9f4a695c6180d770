export interface WindowsProduct {
  /** `windows_10_22h2`, `windows_server_2019`, `microsoft_edge_chromium-based`. */
  readonly name: string;
  /** Null: all. */
  readonly architecture: string | null;
}

const ARCHITECTURES: readonly (readonly [RegExp, string])[] = [
  [/ for x64-based systems| x64 edition/i, 'x86_64'],
  [/ for arm64-based systems/i, 'aarch64'],
  [/ for 32-bit systems/i, 'i386'],
  [/ for itanium-based systems/i, 'ia64'],
];

/**
 * The name of a Microsoft product in namespace `windows`. Editions of Windows are named as CPE dictionaries do: by version
 * (`Windows 10 Version 22H2 for x64-based Systems`), without architecture, and Server Core as the server that it is.
 */
export function windowsProduct(title: string): WindowsProduct {
  const text = title.slice(0, 400).replace(/\s+/g, ' ').trim();
  const architecture = ARCHITECTURES.find(([pattern]) => pattern.test(text))?.[1] ?? null;
  const plain = text.replace(/ \(server core installation\)/i, '');
  const bare = ARCHITECTURES.reduce((name, [pattern]) => name.replace(pattern, ''), plain);
  const client = /^Windows (10|11)(?:,? Version (\w{4}))?$/i.exec(bare);
  // The first release had no version in its name.
  if (client !== null)
    return { name: slug(`windows ${client[1]} ${client[2] ?? (client[1] === '10' ? '1507' : '21h2')}`), architecture };
  const server = /^(Windows Server(?: \d{4}(?: R2)?)?),? ?(?:version )?(\w{4})?(?: edition)?( service pack \d)?$/i.exec(
    bare,
  );
  if (server !== null)
    return { name: slug([server[1], server[2], server[3]?.replace(/service pack /i, 'sp')].join(' ')), architecture };
  return { name: slug(bare.replace(/ service pack (\d)/i, ' sp$1')), architecture };
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.+-]+/gu, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 200);
}
