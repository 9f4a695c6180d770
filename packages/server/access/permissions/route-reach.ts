/**
 * What a route does for somebody whose permission holds only for endpoints with some labels. A route that is not here refuses
 * them: it speaks of the whole organisation, or can't tell its endpoints apart.
 *
 * `endpoint`: the one in its address has to be within reach, which is checked before the route runs · `run`: so have all endpoints
 * of the run in its address · `rollout`: and of the rollout · `filtered`: the route leaves out what is beyond (reachOf) · `none`: it says nothing of endpoints
 */
export type RouteReach = 'endpoint' | 'run' | 'rollout' | 'filtered' | 'none';

export const ROUTE_REACH: Readonly<Record<string, RouteReach>> = {
  'GET /tokens': 'none',
  'POST /tokens': 'none',
  'DELETE /tokens/:id': 'none',
  'GET /events': 'filtered',

  'GET /endpoints': 'filtered',
  'GET /endpoints/:id': 'endpoint',
  'GET /endpoints/:id/identity': 'endpoint',
  'POST /endpoints/:id/quarantine': 'endpoint',
  'POST /endpoints/:id/release': 'endpoint',
  'POST /endpoints/:id/separate': 'endpoint',
  'GET /endpoints/:id/packages': 'endpoint',
  'GET /endpoints/:id/updates': 'endpoint',
  'GET /endpoints/:id/asset': 'endpoint',
  'GET /endpoints/:id/findings': 'endpoint',
  'GET /endpoints/:id/vulnerabilities': 'endpoint',
  'GET /endpoints/:id/policy': 'endpoint',
  'GET /endpoints/:id/why': 'endpoint',
  'GET /endpoints/:id/history': 'endpoint',
  'POST /endpoints/:id/scan': 'endpoint',
  'GET /overview': 'filtered',
  'GET /findings': 'filtered',
  'GET /vulnerabilities': 'filtered',
  'GET /vulnerabilities/:id': 'filtered',
  'GET /vulnerabilities/:id/endpoints': 'filtered',
  'GET /explain': 'filtered',
  'GET /gaps': 'filtered',
  'GET /risk': 'filtered',
  'GET /next-patches': 'filtered',
  'GET /updates': 'filtered',

  'GET /content/channels': 'none',
  'GET /failure-sharing': 'none',
  'GET /four-eyes': 'none',
  'GET /feeds': 'none',
  'GET /policies/templates': 'none',
  'GET /calendars': 'none',
  'GET /freezes': 'none',

  'GET /runs': 'filtered',
  'POST /runs': 'filtered',
  'GET /runs/:id': 'run',
  'POST /runs/:id/approve': 'run',
  'POST /runs/:id/cancel': 'run',
  'POST /runs/:id/retry': 'run',
  'POST /runs/:id/roll-back': 'run',
  'POST /runs/:id/reboot': 'run',
  'POST /runs/:id/restart-services': 'run',
  'POST /runs/:id/pre-stage': 'run',
  'POST /runs/:id/trial': 'run',

  'GET /rollouts': 'filtered',
  'POST /rollouts': 'filtered',
  'GET /rollouts/:id': 'rollout',
  'GET /rollouts/:id/members': 'rollout',
  'GET /rollouts/:id/plans': 'rollout',
  'POST /rollouts/:id/approve': 'rollout',
  'POST /rollouts/:id/halt': 'rollout',
  'POST /rollouts/:id/resume': 'rollout',
  'POST /rollouts/:id/skip-gate': 'rollout',
  'POST /rollouts/:id/roll-back': 'rollout',
  'POST /rollouts/:id/cancel': 'rollout',
  'POST /rollouts/:id/retry': 'rollout',
  'POST /rollouts/:id/hold': 'rollout',
  'POST /rollouts/:id/release': 'rollout',
};
