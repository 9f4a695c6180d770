import type { Driver, Host, Workspace } from '@thimble/drivers';
import type { System } from '@thimble/protocol';
import type { Clock } from './clock.ts';
import type { Gateway, GatewayNeeds } from './content/gateway.ts';
import type { Server } from './connection/server.ts';
import type { Log } from './log.ts';
import type { OwnKey } from './own-key/own-key.ts';
import type { TrialLimits } from './orders/trial-rules.ts';
import type { Disk } from './state/disk.ts';
import type { Identity } from './state/identity.ts';
import type { Journal } from './state/journal.ts';
import type { Trust } from './trust/trust.ts';
import type { SelfUpdate } from './update/self-update.ts';

/** What the parts of a running agent share. */
export interface AgentContext {
  readonly identity: Identity;
  readonly disk: Disk;
  readonly journal: Journal;
  /** Whom it believes besides its enrolment, and what it demands of orders. */
  readonly trust: Trust;
  readonly server: Server;
  readonly host: Host;
  readonly driver: Driver;
  readonly workspace: Workspace;
  /** Absolute, private: for what orders run besides the package manager. */
  readonly deployFolder: string;
  /** The administrator's own bounds for trials; left out: those of the orders. */
  readonly trialLimits?: TrialLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly agent: System['agent'];
  /** Opens the way to snapshots' content, for as long as an order needs it. */
  openGateway(needs: GatewayNeeds): Promise<Gateway>;
  /** Left out: its key stays what it is. */
  readonly ownKey?: OwnKey;
  /** Left out: this agent does not update itself. */
  readonly selfUpdate?: SelfUpdate;
  /** Where installed language packages are looked for; left out: the drivers' usual folders. */
  readonly softwareFolders?: readonly string[];
  /** `/proc/sys/kernel/random/boot_id`; another one after each boot. */
  bootId(): Promise<string>;
}
