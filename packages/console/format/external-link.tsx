import { Anchor } from '@mantine/core';
import { safeHref } from './safe-href.ts';

/** An address from somebody else: a link where it is of the web, otherwise text. The other page learns nothing of this one. */
export function ExternalLink({ address, children }: { address: string; children?: string }) {
  const href = safeHref(address);
  if (href === undefined) return <>{children ?? address}</>;
  return (
    <Anchor href={href} target="_blank" rel="noreferrer noopener" fz="inherit" underline="always">
      {children ?? address}
    </Anchor>
  );
}
