import type { SimulatedRing, SimulatedRollout, SimulationResult } from '@thimble/protocol';
import { NumberTable } from '../../charts/number-table.tsx';
import { plural } from '../../format/quantity.ts';
import { formatMoment } from '../../format/time.ts';
import { ChartPanel } from '../../charts/chart-panel.tsx';
import { ticksOf } from '../../rollouts/timeline/layout.ts';
import classes from '../../rollouts/timeline/timeline.module.css';

const ROLLOUTS_SHOWN = 14;
const ROW_PX = 51;
const AXIS_PX = 30;

/** The rollouts of these days, each with its rings: installing, then soaking up to the gate. */
export function RolloutsTimeline({ result }: { result: SimulationResult }) {
  const shown = result.rollouts.items.slice(0, ROLLOUTS_SHOWN);
  const note =
    result.rollouts.total > shown.length
      ? `The first ${shown.length} of ${plural(result.rollouts.total, 'rollout')}`
      : plural(result.rollouts.total, 'rollout');
  return (
    <ChartPanel
      title="Rollouts"
      note={note}
      height={AXIS_PX + Math.max(1, shown.length) * ROW_PX}
      switchLabel="Form of the rollouts"
      {...(shown.length === 0 ? { empty: 'No rollout begins in these days.' } : {})}
      chart={<Bars result={result} rollouts={shown} />}
      table={
        <NumberTable
          label="Rollouts"
          height={AXIS_PX + shown.length * ROW_PX}
          head={['Rollout', 'Ring', 'Endpoints', 'Done', 'Passes']}
          rows={shown.flatMap((rollout) =>
            rollout.rings.map((ring): [string, ...(string | number)[]] => [
              `${rollout.name}, ${ring.name}`,
              ring.name,
              ring.members,
              ring.done,
              ring.passesAt === null ? ring.why : formatMoment(ring.passesAt),
            ]),
          )}
        />
      }
    />
  );
}

function Bars({ result, rollouts }: { result: SimulationResult; rollouts: readonly SimulatedRollout[] }) {
  const fromMs = Date.parse(result.startsAt);
  const toMs = Date.parse(result.endsAt);
  const place = (atMs: number): number => ((atMs - fromMs) / (toMs - fromMs)) * 100;
  const ticks = ticksOf(fromMs, toMs);
  return (
    <div
      className={classes['chart']}
      role="img"
      aria-label={`${rollouts.map(inWords).join('; ')}. The table has all times.`}
    >
      <div className={classes['axis']}>
        {ticks.map((tick) => (
          <span key={tick} className={classes['tick']} style={{ left: `${place(tick)}%` }}>
            {formatMoment(new Date(tick).toISOString()).slice(5, 10)}
          </span>
        ))}
      </div>
      {rollouts.map((rollout) => (
        <div key={`${rollout.name} ${rollout.startsAt}`} className={classes['row']}>
          <div className={classes['name']}>
            <span className="truncate" title={rollout.name}>
              {rollout.name}
            </span>
            <span className={classes['state']}>{rollout.state}</span>
          </div>
          <div className={classes['track']}>
            {ticks.map((tick) => (
              <span key={tick} className={classes['line']} style={{ left: `${place(tick)}%` }} />
            ))}
            {rollout.rings.flatMap((ring) =>
              stretchesOf(ring, toMs).map(({ kind, startMs, endMs }) => (
                <span
                  key={`${ring.name} ${kind}`}
                  className={classes['bar']}
                  data-kind={kind}
                  style={{ left: `${place(startMs)}%`, width: `${Math.max(0.3, place(endMs) - place(startMs))}%` }}
                  title={`${ring.name}: ${kind === 'installing' ? 'installing' : 'soaking and at the gate'}`}
                />
              )),
            )}
          </div>
        </div>
      ))}
    </div>
  );
}

function stretchesOf({ opensAt, endsAt, passesAt }: SimulatedRing, toMs: number) {
  if (opensAt === null) return [];
  const startMs = Date.parse(opensAt);
  const installedMs = endsAt === null ? toMs : Date.parse(endsAt);
  const passedMs = passesAt === null ? (endsAt === null ? installedMs : toMs) : Date.parse(passesAt);
  return [
    { kind: 'installing', startMs, endMs: installedMs },
    ...(passedMs > installedMs ? [{ kind: 'soak', startMs: installedMs, endMs: passedMs }] : []),
  ];
}

function inWords({ name, state, startsAt, endsAt, rings }: SimulatedRollout): string {
  return `${name} from ${formatMoment(startsAt)}${endsAt === null ? '' : ` to ${formatMoment(endsAt)}`}, ${plural(rings.length, 'ring')}, ${state}`;
}
