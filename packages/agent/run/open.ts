import { join } from 'node:path';
import { detectDriver, type Driver, type Host } from '@thimble/drivers';
import type { System } from '@thimble/protocol';
import type { SigningKey } from '@thimble/protocol/signing';
import { AgentError } from '../agent-error.ts';
import { systemClock, type Clock } from '../clock.ts';
import { createContentAccess } from '../content/access.ts';
import { startGateway } from '../content/gateway.ts';
import { createRelayDoubts } from '../content/relay-doubts.ts';
import { createServer } from '../connection/server.ts';
import { createSignedRequests } from '../connection/signed-requests.ts';
import { createTransport } from '../connection/transport.ts';
import type { AgentContext } from '../context.ts';
import type { Log } from '../log.ts';
import type { TrialLimits } from '../orders/trial-rules.ts';
import { settleMachine } from '../enrolment/settle-machine.ts';
import { createKeyExchange } from '../own-key/key-exchange.ts';
import { createOwnKey } from '../own-key/own-key.ts';
import { openDisk } from '../state/disk.ts';
import { completeSwitch, readKey } from '../state/identity.ts';
import { openJournal } from '../state/journal.ts';
import { lockState } from '../state/lock.ts';
import { openSequences } from '../state/sequences.ts';
import { readBootId } from '../system-facts.ts';
import type { Launched } from '../update/launch.ts';
import { openTrust } from '../trust/trust.ts';
import { openSelfUpdate } from '../update/self-update.ts';
import { AGENT_VERSION } from '../version.ts';

export interface AgentOptions {
  readonly stateDirectory: string;
  readonly mode: System['agent']['mode'];
  readonly host: Host;
  readonly log: Log;
  readonly drivers?: readonly Driver[];
  readonly clock?: Clock;
  /** Indexes are fetched anew after so many hours, or when an order asks for it. */
  readonly refreshHours?: number;
  /** Absolute; left out: the usual ones. */
  readonly softwareFolders?: readonly string[];
  /** This machine's own bounds for trials, whatever an order allows. */
  readonly trialLimits?: TrialLimits;
  /** Digest of the machine's id, null: it has none; left out: this machine's own. */
  readonly machine?: () => Promise<string | null>;
  /** How the program came to run; left out: it does not update itself. */
  readonly launched?: Launched;
}

/**
 * Takes the state directory for this process and opens everything that an agent works with.
 *
 * @throws AgentError `not-enrolled`, `already-running`, `state-damaged`, `unsupported-system` ...
 */
export async function openAgent(options: AgentOptions): Promise<{ context: AgentContext; close(): Promise<void> }> {
  const { stateDirectory, host, log, mode, launched, clock = systemClock } = options;
  const disk = await openDisk(stateDirectory);
  const lock = await lockState(stateDirectory);
  try {
    await completeSwitch(disk);
    const identity = await settleMachine(disk, { stateDirectory, clock, log, machine: options.machine });
    if (identity === null)
      throw new AgentError('not-enrolled', 'input', 'this endpoint is not enrolled: thimble agent enroll');
    const driver = await detectDriver(host, options.drivers);
    if (driver === null)
      throw new AgentError('unsupported-system', 'host', 'no driver of this agent knows how this system is patched');
    const key = await readKey(disk);
    const journal = await openJournal(disk);
    const trust = await openTrust({ disk, identity, clock, log });
    const serverTrust = { certificatePem: identity.pin?.certificatePem ?? null };
    const transport = createTransport({ url: new URL(identity.serverUrl), ...serverTrust });
    const sequences = await openSequences(disk);
    const signedWith = (signer: SigningKey) => createSignedRequests(transport, signer, sequences, clock);
    const requests = signedWith(key);
    const server = createServer(requests);
    const exchange = createKeyExchange(identity.endpointId, readBootId, signedWith);
    const access = createContentAccess({ endpointId: identity.endpointId, disk, server, clock, log });
    const doubts = createRelayDoubts(clock);
    const workspace = { directory: join(stateDirectory, driver.id) };
    await host.makeDirectory(workspace.directory, { mode: 0o700 });
    const selfUpdate =
      launched === undefined || !host.privileged
        ? undefined
        : await openSelfUpdate({ stateDirectory, disk, identity, host, clock, log, launched });
    const context: AgentContext = {
      identity,
      disk,
      journal,
      trust,
      server,
      ownKey: createOwnKey({ disk, log }, exchange, requests.use),
      host,
      driver,
      workspace,
      deployFolder: join(stateDirectory, 'deploy'),
      clock,
      log,
      agent: { version: AGENT_VERSION, mode, privileged: host.privileged },
      bootId: readBootId,
      openGateway: (needs) => startGateway({ access, doubts, trust: serverTrust, clock, log }, needs),
      ...(selfUpdate === undefined ? {} : { selfUpdate }),
      ...(options.trialLimits === undefined ? {} : { trialLimits: options.trialLimits }),
      ...(options.softwareFolders === undefined ? {} : { softwareFolders: options.softwareFolders }),
    };
    const close = async () => {
      selfUpdate?.close();
      journal.close();
      transport.close();
      await lock.release();
    };
    return { context, close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
