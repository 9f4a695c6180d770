import { Type, type Static } from 'typebox';
import { Amount, CalendarDate, DurationWord, LabelKey, LabelValue, Name, TimeOfDay, ZoneWord } from './words.ts';

// What people write, in YAML or JSON. Every part is optional that has a sane default; what is not known here is refused by name
// (`additionalProperties: false`), because a misspelt safety rule is no safety rule. `@thimble/rollouts` turns it into a Policy.

const strict = { additionalProperties: false } as const;
const glob = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\s]+$' });
const names = Type.Array(Name, { minItems: 1, maxItems: 100 });
const severity = Type.Union([
  Type.Literal('critical'),
  Type.Literal('high'),
  Type.Literal('medium'),
  Type.Literal('low'),
  Type.Literal('unknown'),
]);
const ssvc = Type.Union([Type.Literal('act'), Type.Literal('attend'), Type.Literal('track*'), Type.Literal('track')]);

/** All that is given must hold; nothing given: every endpoint. */
export const EndpointFilter = Type.Object(
  {
    /** Each key has one of its values. */
    labels: Type.Optional(
      Type.Record(LabelKey, Type.Union([LabelValue, Type.Array(LabelValue, { minItems: 1, maxItems: 100 })]), strict),
    ),
    groups: Type.Optional(names),
    /** os-release ids: debian, ubuntu. */
    platforms: Type.Optional(names),
    criticality: Type.Optional(
      Type.Array(
        Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high'), Type.Literal('unknown')]),
        { minItems: 1 },
      ),
    ),
    sites: Type.Optional(Type.Array(LabelValue, { minItems: 1, maxItems: 100 })),
    /** Host names; `*` and `?` as in a shell. */
    hostnames: Type.Optional(Type.Array(glob, { minItems: 1, maxItems: 1000 })),
  },
  strict,
);
export type EndpointFilter = Static<typeof EndpointFilter>;

/** All that is given must hold for an update to be taken. */
export const UpdateFilter = Type.Object(
  {
    /** `security`: from a vendor's security channel or closing a known vulnerability. Left out: security. */
    types: Type.Optional(Type.Array(Type.Union([Type.Literal('security'), Type.Literal('other')]), { minItems: 1 })),
    severities: Type.Optional(Type.Array(severity, { minItems: 1 })),
    /** The repository's origin or label as the vendor states it: Debian, Docker. */
    origins: Type.Optional(Type.Array(LabelValue, { minItems: 1, maxItems: 100 })),
    /** Source or binary package names; `*` and `?` as in a shell. */
    packages: Type.Optional(Type.Array(glob, { minItems: 1, maxItems: 1000 })),
    exceptPackages: Type.Optional(Type.Array(glob, { minItems: 1, maxItems: 1000 })),
    /** Only what is known to be exploited (CISA KEV). */
    kev: Type.Optional(Type.Literal(true)),
    /** EPSS probability, 0 to 1. */
    epssAtLeast: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    ssvc: Type.Optional(Type.Array(ssvc, { minItems: 1 })),
    /** Not before the vendor published it so long ago. */
    publishedAtLeast: Type.Optional(DurationWord),
  },
  strict,
);
export type UpdateFilter = Static<typeof UpdateFilter>;

/** When something recurs, in words or as RFC 5545. Exactly one of `on` and `rrule`. */
const recurrence = {
  /** `every day`, `every Wednesday`, `Mon, Wed and Fri`, `second Tuesday + 4 days`, `last Saturday`, `15th`. */
  on: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  /** RFC 5545 section 3.3.10 without DTSTART: `FREQ=MONTHLY;BYDAY=-1SA`. */
  rrule: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  /** The first day on which the rule counts; INTERVAL counts from here. Left out: 2024-01-01. */
  from: Type.Optional(CalendarDate),
  at: Type.Optional(TimeOfDay),
  timeZone: Type.Optional(ZoneWord),
};

export const WindowDocument = Type.Object(
  {
    name: Name,
    ...recurrence,
    lasts: DurationWord,
    except: Type.Optional(Type.Array(CalendarDate, { maxItems: 1000 })),
  },
  strict,
);
export type WindowDocument = Static<typeof WindowDocument>;

/** How long a fix may take from when the vendor published it. The first that applies to a vulnerability and is soonest counts. */
export const DeadlinesDocument = Type.Object(
  {
    /** `due-date`: the date that CISA's catalogue states. */
    kev: Type.Optional(Type.Union([Type.Literal('due-date'), DurationWord])),
    act: Type.Optional(DurationWord),
    attend: Type.Optional(DurationWord),
    critical: Type.Optional(DurationWord),
    high: Type.Optional(DurationWord),
    medium: Type.Optional(DurationWord),
    low: Type.Optional(DurationWord),
    /** Everything else that the policy takes. */
    other: Type.Optional(DurationWord),
  },
  strict,
);

export const ProbeDocument = Type.Object(
  {
    name: Name,
    /** PromQL that gives one number; the server's setting says where Prometheus is. */
    query: Type.String({ minLength: 1, maxLength: 2000 }),
    atMost: Type.Optional(Type.Number()),
    atLeast: Type.Optional(Type.Number()),
  },
  strict,
);

export const GateDocument = Type.Object(
  {
    /** Share of the ring's endpoints that must have succeeded. Whose end is unknown has failed; those that were off don't count. Default 100 %. */
    successAtLeast: Type.Optional(Type.String({ pattern: '^(100|[1-9]?[0-9])%$' })),
    /** More failures than this halt the rollout at once, before the ring is through. Default 0. */
    failuresAtMost: Type.Optional(Amount),
    /** A ring with fewer endpoints that were really patched proves nothing. Default 1. */
    patchedAtLeast: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    probes: Type.Optional(Type.Array(ProbeDocument, { maxItems: 20 })),
    /** How many people must approve the next ring. Default 0. */
    approvals: Type.Optional(Type.Integer({ minimum: 0, maximum: 20 })),
  },
  strict,
);

export const TrialDocument = Type.Object(
  {
    /** `each` endpoint before its own installation · the `first` N of a ring · `none`. Default each. */
    mode: Type.Optional(Type.Union([Type.Literal('each'), Type.Literal('first'), Type.Literal('none')])),
    first: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    /** Where no clone can be made. Default continue: the endpoint says so, and installs without. */
    whenImpossible: Type.Optional(Type.Union([Type.Literal('continue'), Type.Literal('stop')])),
    /** Run in the clone besides the built-in ones (nginx, sshd, postgres, apache2, haproxy, sudo where installed): names of the endpoint's own allow-list. */
    checks: Type.Optional(Type.Array(Name, { maxItems: 50 })),
    minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 240 })),
    diskMb: Type.Optional(Type.Integer({ minimum: 50, maximum: 100_000 })),
    memoryMb: Type.Optional(Type.Integer({ minimum: 64, maximum: 100_000 })),
  },
  strict,
);

/** A health check that an endpoint makes of itself. Exactly one of the kinds. */
export const HealthCheckDocument = Type.Union([
  Type.Object({ tcp: Type.Integer({ minimum: 1, maximum: 65_535 }) }, strict),
  /** On the endpoint's own loopback only. */
  Type.Object(
    {
      http: Type.String({
        maxLength: 500,
        pattern: '^https?://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?(/[^\\s]*)?$',
      }),
      status: Type.Optional(Type.Integer({ minimum: 100, maximum: 599 })),
    },
    strict,
  ),
  /** A name of the endpoint's own allow-list. */
  Type.Object({ command: Name }, strict),
]);
export type HealthCheckDocument = Static<typeof HealthCheckDocument>;

export const RebootDocument = Type.Object(
  {
    /** Default if-needed. */
    when: Type.Optional(Type.Union([Type.Literal('if-needed'), Type.Literal('never'), Type.Literal('always')])),
    /** `ask`: people who are signed in are asked, and can defer. Default none. */
    consent: Type.Optional(Type.Union([Type.Literal('none'), Type.Literal('ask')])),
    /** After this a reboot happens without consent. Default 3d. */
    deferFor: Type.Optional(DurationWord),
    /** Between two reboots of a ring. Default 0m. */
    stagger: Type.Optional(DurationWord),
  },
  strict,
);

export const DeployDocument = Type.Object(
  {
    /** How long before its window an endpoint fetches everything. Default 12h; 0m: not ahead. */
    preStage: Type.Optional(DurationWord),
    /** Steps of the endpoint's own allow-list (drain ...), in this order; one that fails before stops with nothing changed. */
    before: Type.Optional(Type.Array(Name, { maxItems: 20 })),
    /** Run after an installation whatever became of it (undrain ...). */
    after: Type.Optional(Type.Array(Name, { maxItems: 20 })),
    /** A snapshot of the root file system first (LVM, btrfs, ZFS). Default where-possible. */
    fileSystemSnapshot: Type.Optional(
      Type.Union([Type.Literal('none'), Type.Literal('where-possible'), Type.Literal('required')]),
    ),
    /** Default true. */
    restartServices: Type.Optional(Type.Boolean()),
    reboot: Type.Optional(RebootDocument),
    checks: Type.Optional(Type.Array(HealthCheckDocument, { maxItems: 50 })),
    /** How long an installation may take at most; nothing starts that could end after its window. Default: learned from the endpoint's history, else 30m. */
    expectedDuration: Type.Optional(DurationWord),
  },
  strict,
);

export const OnFailureDocument = Type.Object(
  {
    /** What goes back to the versions before by itself. Default endpoint. */
    rollBack: Type.Optional(Type.Union([Type.Literal('nothing'), Type.Literal('endpoint'), Type.Literal('ring')])),
    /** The package versions that failed are recalled fleet-wide. Default false: one click does it. */
    block: Type.Optional(Type.Boolean()),
  },
  strict,
);

/** Whom a ring takes. Exactly one of the kinds; `rest`: everybody whom no other ring takes. */
export const RingMembers = Type.Union([
  Type.Object({ filter: EndpointFilter }, strict),
  Type.Object({ percent: Type.Integer({ minimum: 1, maximum: 100 }) }, strict),
  Type.Object({ count: Type.Integer({ minimum: 1, maximum: 100_000 }) }, strict),
  Type.Literal('rest'),
]);

export const RingDocument = Type.Object(
  {
    name: Name,
    members: RingMembers,
    /** How long a ring is watched after its last endpoint was patched, before its gate is asked. Default 0m. */
    soak: Type.Optional(DurationWord),
    gate: Type.Optional(GateDocument),
    trial: Type.Optional(TrialDocument),
    /** Names of the policy's windows; left out: all of them. */
    windows: Type.Optional(names),
    atOnce: Type.Optional(Amount),
  },
  strict,
);

export const BudgetDocument = Type.Object(
  {
    /** Endpoints that stand for each other: `all`, `site`, `group`, or `label:KEY` (each value is a group of its own). */
    per: Type.String({ pattern: '^(all|site|group|label:[a-z0-9][a-z0-9._/-]{0,62})$' }),
    /** So many of each may be out at a time: busy and failed ones count, those that are off don't. 0 stops. */
    atMost: Amount,
  },
  strict,
);

export const PolicyDocument = Type.Object(
  {
    format: Type.Literal(1),
    name: Name,
    description: Type.Optional(Type.String({ maxLength: 2000 })),
    /** Default true. */
    enabled: Type.Optional(Type.Boolean()),
    /** An endpoint in the scope of several policies follows the highest; of equals the first by name. Default 100. */
    priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
    /**
     * Organisations below this one follow it too: `inherit`, unless a policy of their own takes an endpoint or has its name;
     * `enforced`, before their own ones. Left out: it is for this organisation alone.
     */
    clients: Type.Optional(Type.Union([Type.Literal('inherit'), Type.Literal('enforced')])),
    scope: Type.Optional(EndpointFilter),
    exclude: Type.Optional(EndpointFilter),
    select: Type.Optional(UpdateFilter),
    /** Taken too, whatever `select` says: the urgent ones. */
    always: Type.Optional(UpdateFilter),
    deadlines: Type.Optional(DeadlinesDocument),
    content: Type.Optional(
      Type.Union([
        /** A new snapshot of these repositories (left out: all that are enabled) when a rollout starts. */
        Type.Object(
          {
            snapshot: Type.Literal('new'),
            repositories: Type.Optional(Type.Array(LabelValue, { minItems: 1, maxItems: 200 })),
          },
          strict,
        ),
        Type.Object({ snapshot: Type.Literal('newest') }, strict),
        Type.Object({ channel: Type.String({ minLength: 1, maxLength: 100 }) }, strict),
        /** Each endpoint's own repositories: nothing is frozen, later rings may get newer versions. */
        Type.Literal('endpoint'),
      ]),
    ),
    /** When a rollout begins by itself. Left out: when somebody starts it. */
    start: Type.Optional(
      Type.Object(
        {
          ...recurrence,
          /** At once when something of this kind is pending. */
          urgent: Type.Optional(UpdateFilter),
        },
        strict,
      ),
    ),
    rings: Type.Optional(Type.Array(RingDocument, { minItems: 1, maxItems: 20 })),
    gate: Type.Optional(GateDocument),
    trial: Type.Optional(TrialDocument),
    /** Left out: any time. */
    windows: Type.Optional(Type.Array(WindowDocument, { minItems: 1, maxItems: 50 })),
    /** Names of calendars during which nothing begins. */
    blackouts: Type.Optional(Type.Array(Name, { maxItems: 50 })),
    /** Endpoints that are worked on at the same time. Default 10 %. */
    atOnce: Type.Optional(Amount),
    budgets: Type.Optional(Type.Array(BudgetDocument, { maxItems: 20 })),
    approvals: Type.Optional(
      Type.Object(
        {
          required: Type.Integer({ minimum: 0, maximum: 20 }),
          /** Names of people; left out: anybody who may approve. */
          from: Type.Optional(Type.Array(LabelValue, { minItems: 1, maxItems: 100 })),
        },
        strict,
      ),
    ),
    deploy: Type.Optional(DeployDocument),
    onFailure: Type.Optional(OnFailureDocument),
  },
  { ...strict, $id: 'https://thimble.invalid/schemas/policy-1.json', title: 'Thimble patch policy' },
);
export type PolicyDocument = Static<typeof PolicyDocument>;
