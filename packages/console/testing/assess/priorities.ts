import type { ExplainedPriority, SsvcDecision } from '@thimble/protocol';
import type { KnownVulnerability } from './known-vulnerabilities.ts';

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** An explained score in the server's shape; its steps add up to it. */
export function priorityOf(known: KnownVulnerability): ExplainedPriority {
  const exploited = known.kevDueInDays !== null;
  const level = exploited ? 'active' : known.exploitPublic ? 'poc' : 'none';
  const listens = ['openssh', 'nginx', 'openssl', 'bind9'].includes(known.source);
  const steps: ExplainedPriority['steps'] = [
    {
      name: 'severity',
      value: known.cvss === null ? 'not rated' : `CVSS ${known.cvss.toFixed(1)}`,
      points: tenth((known.cvss ?? 7) * 3.5),
      why: known.cvss === null ? 'nobody rated it: counted like a score of 7.0' : 'the base score',
    },
    {
      name: 'exploitation',
      value: level,
      points: { active: 25, poc: 10, none: 0 }[level],
      why: {
        active: 'in CISA’s catalogue of exploited ones',
        poc: 'an exploit is public',
        none: 'no exploit is known',
      }[level],
    },
    {
      name: 'EPSS',
      value: known.epss === null ? 'not scored' : `${(known.epss * 100).toFixed(1)} %`,
      points: tenth(10 * Math.sqrt(known.epss ?? 0.05)),
      why: 'probability of exploitation within 30 days',
    },
    { name: 'automatable', value: 'unknown', points: 3, why: 'nobody states it, so the worse is assumed' },
    {
      name: 'runtime exposure',
      value: listens ? 'listens-beyond' : 'dormant',
      points: listens ? 8 : -10,
      why: listens ? 'a process that has it loaded listens on the network' : 'no process has it loaded',
    },
    { name: 'asset exposure', value: 'internal', points: 0, why: 'the endpoint is reachable from inside' },
    { name: 'asset criticality', value: 'high', points: 6, why: 'as its organisation states' },
  ];
  const sum = steps.reduce((total, step) => total + step.points, 0);
  return {
    score: tenth(Math.min(100, Math.max(0, sum))),
    severity: known.severity,
    decision: decisionOf(known, listens),
    decisionWhy: `exploitation ${level}; technical impact total; mission impact high: criticality high, exposure ${listens ? 'open' : 'small'}`,
    steps,
    override: null,
  };
}

function decisionOf(known: KnownVulnerability, listens: boolean): SsvcDecision {
  if (known.kevDueInDays !== null) return listens || (known.cvss ?? 0) >= 9 ? 'act' : 'attend';
  if (known.exploitPublic) return listens ? 'attend' : 'track-star';
  return (known.cvss ?? 7) >= 9 ? 'track-star' : 'track';
}
