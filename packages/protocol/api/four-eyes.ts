import { Type, type Static } from 'typebox';
import { Prose } from '../fields.ts';

/** `automatic`: required as soon as two people may approve. */
export const FourEyesSetting = Type.Union([Type.Literal('required'), Type.Literal('off'), Type.Literal('automatic')]);
export type FourEyesSetting = Static<typeof FourEyesSetting>;

/** Whether whoever proposed something may approve it too. */
export const FourEyes = Type.Object({
  setting: FourEyesSetting,
  inForce: Type.Boolean(),
  /** Why it is, or is not, in words. */
  why: Prose,
});
export type FourEyes = Static<typeof FourEyes>;

export const SetFourEyesRequest = Type.Object({ setting: FourEyesSetting }, { additionalProperties: false });
export type SetFourEyesRequest = Static<typeof SetFourEyesRequest>;
