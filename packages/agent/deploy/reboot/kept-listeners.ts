import { readListeners } from '@thimble/drivers';
import { Label } from '@thimble/protocol';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { orderFolderOf, type Surroundings } from '../surroundings.ts';

const Listeners = Type.Union([Type.Array(Label), Type.Null()]);
const LISTENERS_BYTES = 1024 * 1024;

/** Who listens before a reboot, for afterwards. */
export async function keepListeners(surroundings: Surroundings): Promise<void> {
  const { host } = surroundings;
  await host.makeDirectory(orderFolderOf(surroundings), { mode: 0o700 });
  await host.writeFile(listenersFile(surroundings), JSON.stringify(await readListeners(host)), { mode: 0o600 });
}

/** Null: not known. */
export async function keptListeners(surroundings: Surroundings): Promise<readonly string[] | null> {
  const data = await surroundings.host.readFile(listenersFile(surroundings), { maxBytes: LISTENERS_BYTES });
  if (data === null) return null;
  const value: unknown = JSON.parse(data.toString('utf8'));
  return Value.Check(Listeners, value) ? value : null;
}

function listenersFile(surroundings: Surroundings): string {
  return `${orderFolderOf(surroundings)}/listeners.json`;
}
