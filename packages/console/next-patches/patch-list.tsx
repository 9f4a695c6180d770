import { Button } from '@mantine/core';
import { IconBandage } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { NextPatches } from '@thimble/protocol';
import { Permitted } from '../feedback/permitted.tsx';
import { plural } from '../format/quantity.ts';
import { useNewRun } from '../runs/new-run.tsx';
import { Tag } from '../states/state-badge.tsx';
import { draftOf, type PatchItem } from './run-draft.ts';
import classes from './next-patches.module.css';

/** The updates in order: what each is, what it removes, and a run that installs it. */
export function PatchList({ patches }: { patches: NextPatches }) {
  return (
    <ol className={classes['list']}>
      {patches.items.map((item, index) => (
        <PatchRow key={`${item.source} ${item.fixedVersion}`} item={item} rank={index + 1} />
      ))}
    </ol>
  );
}

function PatchRow({ item, rank }: { item: PatchItem; rank: number }) {
  const newRun = useNewRun();
  const share = Math.round(item.cumulativeShare * 100);
  return (
    <li className={classes['row']}>
      <span className={classes['rank']}>{rank}</span>
      <div className={classes['name']}>
        <strong>{item.source}</strong> <span className="mono">{item.fixedVersion}</span>
        <span className={classes['sub']}>{item.packages.join(', ')}</span>
      </div>
      <div className={classes['what']}>
        {plural(item.vulnerabilityCount, 'vulnerability', 'vulnerabilities')} on{' '}
        {plural(item.endpointCount, 'endpoint')}
        <span className={classes['sub']}>
          {item.exploitedCount > 0 ? <Tag tone="danger">{item.exploitedCount} exploited</Tag> : null}{' '}
          {item.needsReboot ? <Tag tone="wait">needs reboot</Tag> : null} <Top ids={item.top} />
        </span>
      </div>
      <div className={classes['share']}>
        <span className="tabular">
          {share} % of all risk gone
          <span className={classes['sub']}>{Math.round(item.riskRemoved).toLocaleString('en')} points by this one</span>
        </span>
        <div className={classes['meter']} aria-hidden>
          <span style={{ width: `${share}%` }} />
        </div>
      </div>
      <div className={classes['action']}>
        <Permitted needs="runs:propose">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconBandage size={14} aria-hidden />}
            aria-label={`Plan the update of ${item.source}`}
            onClick={() => newRun(draftOf([item]))}
          >
            Plan …
          </Button>
        </Permitted>
      </div>
    </li>
  );
}

const SHOWN = 3;

function Top({ ids }: { ids: readonly string[] }) {
  return ids.slice(0, SHOWN).map((id, index) => (
    <span key={id} style={{ display: 'inline-block', marginInlineEnd: '0.35rem' }}>
      <Link to="/vulnerabilities/$vulnerabilityId" params={{ vulnerabilityId: id }} className="plain">
        {id}
      </Link>
      {index < Math.min(ids.length, SHOWN) - 1 ? ',' : ''}
    </span>
  ));
}
