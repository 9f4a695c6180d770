import { existsSync } from 'node:fs';
import { inDays, makeSigner, makeUpdateClient, seal, sha256, TARGET, type UpdateClient } from '@thimble/agent/testing';
import type { Attack, AttackFamily, Attempt } from '../attack.ts';

const PROGRAM = Buffer.from('a program '.repeat(100));

/** A repository of agents in the hands of an attacker, and an agent that knows its first root; what it trusts must stay. */
function refused(name: string, change: (client: UpdateClient) => Promise<void> | void): Attack {
  return {
    name,
    refusal: 'refused',
    record: 'agent error',
    attempt: async () => {
      const client = await makeUpdateClient();
      try {
        await change(client);
        return await lookAt(client);
      } finally {
        await client.clean();
      }
    },
  };
}

async function lookAt(client: UpdateClient): Promise<Attempt> {
  const fetched = `${client.folder}/fetched`;
  try {
    const offered = await client.look();
    await offered?.download(fetched);
    return { refusal: offered === null ? 'nothing was offered' : 'taken', isRecorded: false };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    // What it says goes to the agent's log, and nothing of what was fetched stays.
    const isRecorded = error instanceof Error && error.message !== '' && !existsSync(fetched);
    return { refusal: code, isRecorded };
  }
}

const offer = ({ repository }: UpdateClient): void => {
  repository.offer('9.9.9', PROGRAM);
  repository.publish();
};

export const updates: AttackFamily = {
  name: 'updates',
  attacks: [
    refused('TUF rollback: an older timestamp', async (client) => {
      client.repository.publishTimestamp();
      await client.look();
      client.repository.timestamp.version = 0;
      client.repository.publishTimestamp();
    }),
    refused('TUF rollback: a whole repository as it was before', async (client) => {
      const before = new Map(client.repository.files);
      offer(client);
      await client.look();
      client.repository.files.clear();
      for (const [path, data] of before) client.repository.files.set(path, data);
    }),
    refused('TUF freeze: a timestamp that has expired is served on and on', async (client) => {
      await client.look();
      client.repository.timestamp.expires = inDays(-1);
      client.repository.publishTimestamp();
    }),
    refused('TUF mix-and-match: a snapshot of another time than the timestamp’s', ({ repository }) => {
      const { snapshot, signers } = repository;
      repository.files.set('1.snapshot.json', seal({ ...snapshot, version: 2 }, signers.snapshot));
    }),
    refused('TUF mix-and-match: targets of another digest than the snapshot’s', ({ repository }) => {
      repository.tellsDigests = true;
      repository.publish();
      const other = { ...repository.targets, expires: inDays(40) };
      repository.files.set('2.targets.json', seal(other, repository.signers.targets));
    }),
    refused('TUF threshold: one of two signers signs twice', ({ repository }) => {
      const [first] = repository.signers.targets;
      if (first === undefined) throw new Error('there is no signer');
      repository.addKey('targets');
      repository.root.roles.targets.threshold = 2;
      repository.publishRoot();
      repository.signers.targets = [first, first];
      repository.publish();
    }),
    refused('TUF root: a new root that the keys before it did not sign', ({ repository }) => {
      repository.replaceKeys('root');
      repository.publishRoot();
    }),
    refused('TUF keys: a release that is signed by the key of the timestamp', (client) => {
      client.repository.signers.targets = [...client.repository.signers.timestamp];
      offer(client);
    }),
    refused('TUF keys: a release that is signed by a stranger', (client) => {
      client.repository.signers.targets = [makeSigner()];
      offer(client);
    }),
    refused('a program whose bytes were exchanged', (client) => {
      offer(client);
      const path = `targets/${sha256(PROGRAM)}.${TARGET}`;
      client.repository.files.set(path, Buffer.concat([Buffer.from('X'), PROGRAM.subarray(1)]));
    }),
    refused('a program with a tail', (client) => {
      offer(client);
      const path = `targets/${sha256(PROGRAM)}.${TARGET}`;
      client.repository.files.set(path, Buffer.concat([PROGRAM, Buffer.from('tail')]));
    }),
    refused('a version that is a path', ({ repository }) => {
      repository.offer('1.2.3/../..', PROGRAM);
      repository.publish();
    }),
    refused('endless metadata', ({ site }) => {
      site.intercept = (path, response) => {
        if (path !== 'timestamp.json') return false;
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x20))) continue;
        };
        response.writeHead(200).on('drain', more);
        more();
        return true;
      };
    }),
  ],
};
