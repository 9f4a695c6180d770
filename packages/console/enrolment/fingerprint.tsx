/** Enough to compare by eye; two that agree in this many are one in 2^64. */
const SHOWN = 16;

/** The beginning of a digest in groups of four; the whole of it is its title. */
export function Fingerprint({ digest }: { digest: string }) {
  const groups = digest.slice(0, SHOWN).match(/.{1,4}/g) ?? [];
  return (
    <code style={{ whiteSpace: 'nowrap' }} title={digest}>
      {groups.join(' ')}
    </code>
  );
}
