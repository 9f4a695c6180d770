import {
  CalendarDate,
  Count,
  EndpointFilter,
  Label,
  LabelKey,
  LabelValue,
  Name,
  PackageName,
  PackageVersion,
  Prose,
  Timestamp,
  ZoneWord,
} from '@thimble/protocol';
import { Type, type Static } from 'typebox';

// A fleet in a file: for planning one that does not exist yet, and for sharing a case without its real names. What is not known
// here is refused by name, as in policies.

const strict = { additionalProperties: false } as const;

/** Bounds of a file, before anything is computed from it. */
export const FLEET_LIMITS = {
  /** With all counts unfolded. */
  endpoints: 200_000,
  lists: 1000,
  updatesPerList: 10_000,
} as const;

const PendingUpdateDocument = Type.Object(
  {
    package: PackageName,
    version: PackageVersion,
    /** Left out: the package itself. */
    source: Type.Optional(PackageName),
    /** From the vendor's security channel. Default true. */
    security: Type.Optional(Type.Boolean()),
    vulnerabilities: Type.Optional(Type.Array(Label, { maxItems: 1000 })),
    origin: Type.Optional(LabelValue),
    /** Left out: unknown. */
    severity: Type.Optional(
      Type.Union([
        Type.Literal('critical'),
        Type.Literal('high'),
        Type.Literal('medium'),
        Type.Literal('low'),
        Type.Literal('unknown'),
      ]),
    ),
    /** Listed as exploited, with its due date or without one. */
    kev: Type.Optional(Type.Object({ due: Type.Optional(CalendarDate) }, strict)),
    epss: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    ssvc: Type.Optional(
      Type.Union([Type.Literal('act'), Type.Literal('attend'), Type.Literal('track*'), Type.Literal('track')]),
    ),
    published: Type.Optional(CalendarDate),
    bytes: Type.Optional(Count),
    /** Left out: told from its name. */
    needsReboot: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type PendingUpdateDocument = Static<typeof PendingUpdateDocument>;

const EndpointsDocument = Type.Object(
  {
    /** With `count`: the beginning of each name. */
    hostname: Type.String({ minLength: 1, maxLength: 253, pattern: '^[^\\s\\x00-\\x1f]+$' }),
    /** So many alike: `web-1`, `web-2` and so on. Default: one, called as it says. */
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: FLEET_LIMITS.endpoints })),
    platform: Type.Optional(Name),
    labels: Type.Optional(Type.Record(LabelKey, LabelValue, strict)),
    groups: Type.Optional(Type.Array(Name, { maxItems: 100 })),
    site: Type.Optional(LabelValue),
    criticality: Type.Optional(
      Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high'), Type.Literal('unknown')]),
    ),
    /** IANA. Default UTC. */
    timeZone: Type.Optional(ZoneWord),
    /** Default true. */
    online: Type.Optional(Type.Boolean()),
    /** What an installation takes. */
    minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1440 })),
    /** Name of the list of what it lacks; left out: not known, which the result says. */
    updates: Type.Optional(Name),
  },
  strict,
);
export type EndpointsDocument = Static<typeof EndpointsDocument>;

export const FleetDocument = Type.Object(
  {
    format: Type.Literal(1),
    endpoints: Type.Array(EndpointsDocument, { minItems: 1, maxItems: FLEET_LIMITS.endpoints }),
    /** What is pending, by a name that endpoints refer to. */
    updates: Type.Optional(
      Type.Record(Name, Type.Array(PendingUpdateDocument, { maxItems: FLEET_LIMITS.updatesPerList }), {
        ...strict,
        maxProperties: FLEET_LIMITS.lists,
      }),
    ),
    /** Blackout calendars that policies name. */
    calendars: Type.Optional(
      Type.Record(
        Name,
        Type.Array(Type.Object({ startsAt: Timestamp, endsAt: Timestamp }, strict), { maxItems: 10_000 }),
        strict,
      ),
    ),
    freezes: Type.Optional(
      Type.Array(
        Type.Object(
          { scope: Type.Optional(EndpointFilter), reason: Prose, startsAt: Timestamp, endsAt: Timestamp },
          strict,
        ),
        { maxItems: 1000 },
      ),
    ),
  },
  strict,
);
export type FleetDocument = Static<typeof FleetDocument>;
