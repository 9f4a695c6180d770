import {
  IconAlertTriangle,
  IconFileDiff,
  IconHistoryOff,
  IconPlayerSkipForward,
  IconPower,
  IconRefresh,
} from '@tabler/icons-react';
import type { Transaction } from '@thimble/protocol';
import type { ReactNode } from 'react';
import { plural } from '../format/quantity.ts';
import type { Tone } from '../states/endpoint-states.ts';
import { ReasonList } from './reason-list.tsx';
import classes from './runs.module.css';

/** All that a person wants to know of a transaction before approving it, besides its changes. */
export function TransactionNotes({ transaction }: { transaction: Transaction }) {
  const removed = transaction.changes.filter((change) => change.action === 'remove');
  const { reboot, servicesToRestart, conffileConflicts, excluded, rollbackGaps } = transaction;
  return (
    <div className={classes['notes']}>
      {removed.length === 0 ? null : (
        <Note
          tone="danger"
          icon={<IconAlertTriangle size={17} aria-hidden />}
          title={`Removes ${plural(removed.length, 'package')}`}
        >
          {removed.map((change) => change.name).join(', ')}
        </Note>
      )}
      {reboot.needed ? (
        <Note tone="wait" icon={<IconPower size={17} aria-hidden />} title="Needs a reboot to be effective">
          {reboot.reasons.join('; ')}. No endpoint reboots before you order it.
        </Note>
      ) : null}
      {conffileConflicts.length === 0 ? null : (
        <Note
          tone="notice"
          icon={<IconFileDiff size={17} aria-hidden />}
          title="Configuration files changed on both sides"
        >
          The local file stays; the new one is put beside it.
          <ul>
            {conffileConflicts.map((conflict) => (
              <li key={conflict.path}>
                <code>{conflict.path}</code> of {conflict.package}
              </li>
            ))}
          </ul>
        </Note>
      )}
      {servicesToRestart.length === 0 ? null : (
        <Note
          tone="busy"
          icon={<IconRefresh size={17} aria-hidden />}
          title={`Restarts ${plural(servicesToRestart.length, 'service')}`}
        >
          {servicesToRestart.join(', ')}
        </Note>
      )}
      {excluded.length === 0 ? null : (
        <Note
          tone="quiet"
          icon={<IconPlayerSkipForward size={17} aria-hidden />}
          title={`Leaves out ${plural(excluded.length, 'update')}`}
        >
          <ReasonList items={excluded} />
        </Note>
      )}
      {rollbackGaps.length === 0 ? null : (
        <Note tone="notice" icon={<IconHistoryOff size={17} aria-hidden />} title="Can’t be rolled back completely">
          <ReasonList items={rollbackGaps.map((gap) => ({ name: gap.what, why: gap.why }))} />
        </Note>
      )}
    </div>
  );
}

function Note({ tone, icon, title, children }: { tone: Tone; icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <div className={classes['note']} data-tone={tone}>
      {icon}
      <div>
        <strong>{title}.</strong> {children}
      </div>
    </div>
  );
}
