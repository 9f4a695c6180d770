import { Group, Title } from '@mantine/core';
import type { SnapshotDifference } from '@thimble/protocol';
import type { ReactNode } from 'react';
import { formatBytes, formatCount, plural } from '../format/quantity.ts';
import { FigureContent, figureClasses, FigureGrid } from '../shell/figure.tsx';

interface DifferenceFiguresProps {
  readonly difference: SnapshotDifference;
  /** Chooses what it is compared with. */
  readonly against: ReactNode;
}

/** What a snapshot means for the fleet, in four numbers. */
export function DifferenceFigures({ difference, against }: DifferenceFiguresProps) {
  const { closes, fleet, changedCount, addedCount, removedCount, from } = difference;
  const exploited = closes.filter((one) => one.exploited).length;
  return (
    <section aria-label="What it would change">
      <Group justify="space-between" gap="sm" mb="sm">
        <Title order={2} fz="1rem">
          {from === null ? 'What is in it' : `What changes since ${from.name}`}
        </Title>
        {against}
      </Group>
      <FigureGrid>
        <div className={figureClasses.figure}>
          <FigureContent
            label="Closes"
            tone={closes.length > 0 ? 'good' : 'quiet'}
            value={formatCount(closes.length)}
            note={exploited === 0 ? 'vulnerabilities of the fleet' : `vulnerabilities, ${exploited} of them exploited`}
          />
        </div>
        <div className={figureClasses.figure}>
          <FigureContent
            label="Would change"
            tone="busy"
            value={formatCount(fleet.endpointCount)}
            note={`${fleet.endpointCount === 1 ? 'endpoint' : 'endpoints'}, by ${plural(fleet.packageCount, 'package')} that they have`}
          />
        </div>
        <div className={figureClasses.figure}>
          <FigureContent
            label="To download"
            tone="quiet"
            value={formatBytes(fleet.downloadBytes)}
            note={`once for the fleet; all that differs has ${formatBytes(difference.downloadBytes)}`}
          />
        </div>
        <div className={figureClasses.figure}>
          <FigureContent
            label={from === null ? 'Packages' : 'Packages that differ'}
            tone="quiet"
            value={formatCount(addedCount + removedCount + changedCount)}
            note={
              from === null
                ? 'there is nothing to compare them with'
                : `${formatCount(changedCount)} changed, ${formatCount(addedCount)} new, ${formatCount(removedCount)} gone`
            }
          />
        </div>
      </FigureGrid>
    </section>
  );
}
