import { readChecked, writeChecked } from '../state/checked-file.ts';
import type { Disk } from '../state/disk.ts';
import { TEMPLATE_FILE } from '../state/identity.ts';

/** How copies of this machine enrol by themselves: whoever has the image has the token in it. */
export interface Template {
  readonly serverUrl: string;
  readonly token: string;
  readonly caFingerprint: string | null;
}

/** @throws AgentError `state-damaged` */
export async function readTemplate(disk: Disk): Promise<Template | null> {
  return (await readChecked(disk, TEMPLATE_FILE, 'template')) as Template | null;
}

export async function writeTemplate(disk: Disk, template: Template): Promise<void> {
  await writeChecked(disk, TEMPLATE_FILE, 'template', template);
}
