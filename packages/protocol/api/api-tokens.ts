import { Type, type Static } from 'typebox';
import { Label } from '../fields.ts';
import { Token } from './access.ts';
import { PERMISSION_NAMES, PermissionName } from './permissions.ts';
import { ReachLabels, RoleId } from './roles.ts';

const Permissions = Type.Array(PermissionName, { maxItems: PERMISSION_NAMES.length, uniqueItems: true });

/**
 * A role or permissions, not both; neither: the role `viewer`. However much it is, the token never may more than who made it
 * may when it is used. 403 `beyond-yourself`, `only-people`.
 */
export const CreateTokenRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    /** Left out: 90 days. */
    expiresInHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 * 366 })),
    roleId: Type.Optional(RoleId),
    permissions: Type.Optional(Permissions),
    /** Only for endpoints with all of these labels. */
    labels: Type.Optional(ReachLabels),
  },
  { additionalProperties: false },
);
export type CreateTokenRequest = Static<typeof CreateTokenRequest>;

export const ApiToken = Type.Object({
  ...Token.properties,
  createdBy: Label,
  /** null: it has permissions of its own. */
  roleName: Type.Union([Label, Type.Null()]),
  /** What it was made for. */
  permissions: Permissions,
  labels: Type.Union([ReachLabels, Type.Null()]),
});
export type ApiToken = Static<typeof ApiToken>;
export const ApiTokenList = Type.Object({ items: Type.Array(ApiToken) });
export type ApiTokenList = Static<typeof ApiTokenList>;

export const CreatedToken = Type.Object({ token: ApiToken, secret: Type.String() });
export type CreatedToken = Static<typeof CreatedToken>;
