import { Text } from '@mantine/core';

interface VersionPairProps {
  readonly name: string;
  readonly installed: string;
  /** The version that repairs it, or why there is none. */
  readonly fixed: string;
}

/** A package with what is installed and what repairs it; breaks between both versions rather than in one. */
export function VersionPair({ name, installed, fixed }: VersionPairProps) {
  return (
    <>
      {name}
      <Text component="span" display="block" size="xs" className="mono" c="dimmed">
        <span style={{ display: 'inline-block' }}>{installed} →</span>{' '}
        <span style={{ display: 'inline-block' }}>{fixed}</span>
      </Text>
    </>
  );
}
