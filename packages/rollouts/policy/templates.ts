/** A policy to begin with. */
export interface PolicyTemplate {
  readonly name: string;
  /** For a list of them. */
  readonly title: string;
  /** YAML with comments. */
  readonly text: string;
}

/** The plainest first. */
export const policyTemplates: readonly PolicyTemplate[] = [
  {
    name: 'nightly-security',
    title: 'Security updates every night',
    text: `# Security updates every night, one endpoint first.
format: 1
name: nightly-security
description: Security updates every night. One endpoint goes first and is watched for two hours.

start:
  on: every day
  at: '21:00'

windows:
  - name: night
    on: every day
    at: '22:00'
    lasts: 8h

rings:
  - name: first
    members:
      count: 1
    soak: 2h
  - name: everybody
    members: rest
    gate:
      successAtLeast: 95%
      failuresAtMost: 5%
`,
  },
  {
    name: 'servers-weekly',
    title: 'Servers in three rings, weekly',
    text: `# Servers in three rings: the canaries on Tuesday, a tenth on Wednesday, the others on Saturday.
format: 1
name: servers-weekly
description: Servers get a frozen snapshot in three rings. What breaks a canary is put back, and goes no further.
priority: 200

scope:
  labels:
    role: [server]
select:
  types: [security]
  publishedAtLeast: 1d
# Nobody waits a day for these.
always:
  kev: true
deadlines:
  kev: due-date
  act: 7d
  critical: 7d
  high: 14d
  other: 30d

# The server makes a new snapshot of all repositories; every ring gets the same bytes.
content:
  snapshot: new
start:
  on: every Tuesday
  at: '18:00'

windows:
  - name: weeknight
    on: Tue, Wed and Thu
    at: '22:00'
    lasts: 6h
  - name: saturday
    on: every Saturday
    at: '20:00'
    lasts: 10h

rings:
  - name: canary
    members:
      filter:
        labels:
          ring: canary
    windows: [weeknight]
    soak: 12h
  - name: tenth
    members:
      percent: 10
    windows: [weeknight]
    soak: 1d
  - name: others
    members: rest
    windows: [saturday]

gate:
  successAtLeast: 95%
  failuresAtMost: 1
trial:
  mode: each
atOnce: 20%
budgets:
  - per: site
    atMost: 25%
deploy:
  preStage: 12h
  reboot:
    when: if-needed
    stagger: 5m
  expectedDuration: 45m
onFailure:
  rollBack: endpoint
`,
  },
  {
    name: 'workstations',
    title: 'Workstations, with consent before a reboot',
    text: `# Workstations: at lunch and in the evening, and nobody is rebooted without being asked first.
format: 1
name: workstations
description: Workstations in three rings by percentage. Their users are asked before a reboot, and can defer it for three days.

scope:
  labels:
    role: [workstation]
select:
  types: [security, other]
  publishedAtLeast: 3d
# What is known to be exploited does not wait for its third day.
always:
  kev: true
deadlines:
  critical: 14d
  other: 30d

start:
  on: every Monday
  at: '09:00'

windows:
  - name: lunch
    on: weekdays
    at: '12:00'
    lasts: 90m
  - name: evening
    on: weekdays
    at: '17:30'
    lasts: 5h

rings:
  - name: early
    members:
      percent: 5
    soak: 1d
  - name: half
    members:
      percent: 45
    soak: 1d
  - name: others
    members: rest

gate:
  successAtLeast: 90%
  failuresAtMost: 5%
atOnce: 25%
deploy:
  reboot:
    when: if-needed
    consent: ask
    deferFor: 3d
`,
  },
  {
    name: 'urgent-exploited',
    title: 'Only what is exploited, at once',
    text: `# What is known to be exploited, as soon as it is known and at any time of the day.
format: 1
name: urgent-exploited
description: Vulnerabilities of CISA's catalogue, at once. One person approves, the canaries prove it within an hour.
priority: 900

select:
  kev: true
deadlines:
  kev: 48h

start:
  urgent:
    kev: true

approvals:
  required: 1

rings:
  - name: canary
    members:
      percent: 5
    soak: 30m
  - name: others
    members: rest

gate:
  successAtLeast: 95%
  failuresAtMost: 2%
atOnce: 25%
deploy:
  preStage: 0m
`,
  },
  {
    name: 'clusters',
    title: 'Clusters, never two of one at a time',
    text: `# Clusters: of the endpoints with the same label \`cluster\` never two are out at a time.
format: 1
name: clusters
description: Members of clusters are drained, patched and brought back one by one.
priority: 300

scope:
  labels:
    role: [cluster]
deadlines:
  critical: 14d
  other: 45d

start:
  on: second Tuesday
  at: '20:00'

windows:
  - name: patch-night
    on: second Tuesday + 4 days
    at: '22:00'
    lasts: 8h
  - name: second-night
    on: second Tuesday + 5 days
    at: '22:00'
    lasts: 8h

rings:
  - name: test
    members:
      filter:
        labels:
          stage: test
    soak: 4h
  - name: production
    members: rest
    gate:
      failuresAtMost: 0

budgets:
  - per: label:cluster
    atMost: 1
atOnce: 10
deploy:
  # Names in the endpoint's own list of allowed steps.
  before: [drain]
  after: [undrain]
  fileSystemSnapshot: where-possible
  reboot:
    when: if-needed
    stagger: 10m
  expectedDuration: 1h
onFailure:
  rollBack: ring
  block: true
`,
  },
];
