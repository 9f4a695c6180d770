import { Type, type Static } from 'typebox';
import { Count, Label, Sha256 } from '../fields.ts';

/** A file that the server offers: the agent's single file, its .deb, and what Thimble itself is made of (CycloneDX). */
export const Download = Type.Object({
  name: Label,
  kind: Type.Union([Type.Literal('executable'), Type.Literal('deb'), Type.Literal('sbom')]),
  architecture: Label,
  version: Label,
  sizeBytes: Count,
  sha256: Sha256,
});
export type Download = Static<typeof Download>;
export const DownloadList = Type.Object({ items: Type.Array(Download) });
export type DownloadList = Static<typeof DownloadList>;
