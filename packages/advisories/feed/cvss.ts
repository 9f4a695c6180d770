import calculator from 'ae-cvss-calculator';
import type { CvssScore } from '../model/index.ts';

const LIMIT_CHARACTERS = 512;
/** The library also takes names and values written in full, which no specification knows. */
const METRIC = /^([A-Z][A-Za-z]{0,2}):([A-Z]{1,3}|Clear|Green|Amber|Red)$/;

type Version = CvssScore['version'];

/**
 * The base score of a CVSS vector of version 2.0 (with or without prefix or brackets), 3.0, 3.1 or 4.0 (FIRST's
 * specifications). A vector that lacks a mandatory metric, repeats one or has an unknown one has the score null: half a
 * vector has no score. Null instead of a CvssScore: the text names no version at all, or is too long to be a vector.
 */
export function cvssScore(text: string, source: string): CvssScore | null {
  const vector = text.trim();
  const version = versionOf(vector);
  if (version === null || vector.length > LIMIT_CHARACTERS) return null;
  return { vector, version, score: baseScore(vector, version), source };
}

function versionOf(vector: string): Version | null {
  const prefix = /^CVSS:(2\.0|3\.0|3\.1|4\.0)\//.exec(vector)?.[1];
  if (prefix === '2.0' || prefix === '3.0' || prefix === '3.1' || prefix === '4.0') return prefix;
  return /^\(?AV:[LAN]\/AC:[HML]\/Au:/.test(vector) ? '2.0' : null;
}

function baseScore(vector: string, version: Version): number | null {
  const metrics = vector
    .replace(/^CVSS:[0-9.]+\//, '')
    .replace(/^\((.*)\)$/, '$1')
    .split('/');
  const names = metrics.map((metric) => metric.split(':')[0] ?? '');
  if (new Set(names).size !== names.length) return null;
  try {
    const score = calculated(metrics, version);
    return score === undefined || !Number.isFinite(score) || score < 0 || score > 10 ? null : score;
  } catch {
    // The library throws for values that it does not know: such a vector has no score.
    return null;
  }
}

function calculated(metrics: readonly string[], version: Version): number | undefined {
  switch (version) {
    case '2.0': {
      const cvss = new calculator.Cvss2();
      return applied(cvss, metrics) ? cvss.calculateScores().base : undefined;
    }
    case '3.0': {
      const cvss = new calculator.Cvss3P0();
      return applied(cvss, metrics) ? cvss.calculateScores().base : undefined;
    }
    case '3.1': {
      const cvss = new calculator.Cvss3P1();
      return applied(cvss, metrics) ? cvss.calculateScores().base : undefined;
    }
    case '4.0': {
      const cvss = new calculator.Cvss4P0();
      return applied(cvss, metrics) ? cvss.calculateScores().baseMetricsOnly : undefined;
    }
  }
}

interface Calculator {
  readonly applyComponentStringSilent: (metric: string, value: string) => boolean;
  readonly isBaseFullyDefined: () => boolean;
}

/** Whether every metric was understood and none of the base ones is missing. */
function applied(cvss: Calculator, metrics: readonly string[]): boolean {
  for (const metric of metrics) {
    const [, name, value] = METRIC.exec(metric) ?? [];
    if (name === undefined || value === undefined || !cvss.applyComponentStringSilent(name, value)) return false;
  }
  return cvss.isBaseFullyDefined();
}
