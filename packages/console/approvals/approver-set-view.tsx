import { Stack, Text } from '@mantine/core';
import { type ApproverSet, passkeysSuffice } from '@thimble/protocol';
import { Tag } from '../states/state-badge.tsx';
import classes from './approvals.module.css';
import { Digest } from './digest.tsx';
import { PasskeysSuffice } from './passkeys-suffice.tsx';

/** Half a digest is enough to tell keys apart by eye; endpoints compare all of it. */
const FINGERPRINT_LENGTH = 32;

export function ApproverSetView({ set }: { set: ApproverSet }) {
  return (
    <Stack gap="sm">
      <Text size="sm">
        {set.threshold === 0
          ? 'Nobody has to sign.'
          : `${set.threshold} of ${set.approvers.length} people have to sign what changes an endpoint${byKeyFile(set)}.`}{' '}
        <Text span c="dimmed" size="sm">
          Version {set.version}
        </Text>
      </Text>
      {passkeysSuffice(set) ? <PasskeysSuffice /> : null}
      <ul className={classes['people']}>
        {set.approvers.map(({ id, name, keys }) => (
          <li key={id}>
            <Text size="sm" fw={600}>
              {name}
            </Text>
            {keys.map(({ keyid, kind }) => (
              <div key={keyid}>
                <Tag tone="quiet">{kind === 'file' ? 'key file' : 'passkey'}</Tag>{' '}
                <Digest value={keyid.slice(0, FINGERPRINT_LENGTH)} />
              </div>
            ))}
          </li>
        ))}
      </ul>
    </Stack>
  );
}

function byKeyFile({ keyFilesAtLeast = 0 }: ApproverSet): string {
  return keyFilesAtLeast === 0 ? '' : `, at least ${keyFilesAtLeast} of them by key file`;
}
