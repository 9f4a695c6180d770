import type { SimulationResult } from '@thimble/protocol';
import { lazy } from 'react';
import { ChartPanel } from '../../charts/chart-panel.tsx';
import { NumberTable } from '../../charts/number-table.tsx';
import { formatMoment } from '../../format/time.ts';

const ExposureChart = lazy(async () => ({ default: (await import('../../charts/exposure-chart.tsx')).ExposureChart }));
const HEIGHT = 280;

/** What is exposed, over the coming days. */
export function ExposurePanel({ result, before }: { result: SimulationResult; before: SimulationResult | null }) {
  return (
    <ChartPanel
      title="Exposure"
      note="Pairs of an endpoint and an update that it lacks"
      height={HEIGHT}
      switchLabel="Form of the exposure"
      {...(result.exposure.length === 0 ? { empty: 'Nothing is exposed in these days.' } : {})}
      chart={<ExposureChart points={result.exposure} before={before?.exposure ?? null} height={HEIGHT} />}
      table={
        <NumberTable
          label="Exposure"
          height={HEIGHT}
          head={['When', 'Open', 'Overdue', 'Exploited']}
          rows={result.exposure.map(({ at, open, overdue, exploited }) => [formatMoment(at), open, overdue, exploited])}
        />
      }
    />
  );
}
