import { Type, type Static } from 'typebox';
import { Count, Label, Sha256 } from '../fields.ts';

/** A file that the server offers to endpoints: the agent's single file, and its .deb. */
export const Download = Type.Object({
  name: Label,
  kind: Type.Union([Type.Literal('executable'), Type.Literal('deb')]),
  architecture: Label,
  version: Label,
  sizeBytes: Count,
  sha256: Sha256,
});
export type Download = Static<typeof Download>;
export const DownloadList = Type.Object({ items: Type.Array(Download) });
export type DownloadList = Static<typeof DownloadList>;
