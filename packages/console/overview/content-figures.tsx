import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Channel, RepositorySummary } from '@thimble/protocol';
import { channelsQuery, contentStatusQuery, repositoriesQuery, savingsQuery } from '../api/content-queries.ts';
import { useNow } from '../format/moment.tsx';
import { formatBytes, formatCount, plural } from '../format/quantity.ts';
import { FigureContent, figureClasses, FigureGrid } from '../shell/figure.tsx';

const DAYS = 30;

/** Where patches come from and what fetching them once saved; nothing where no repository was added. */
export function ContentFigures() {
  const repositories = useQuery(repositoriesQuery).data?.items ?? [];
  const savings = useQuery(savingsQuery({ by: 'time', days: DAYS })).data;
  const channels = useQuery(channelsQuery).data?.items ?? [];
  const status = useQuery(contentStatusQuery).data;
  if (repositories.length === 0) return null;
  const stops = status !== undefined && status.state !== 'acquiring';
  return (
    <section aria-label="Content">
      <FigureGrid>
        <RepositoriesFigure repositories={repositories} />
        <ChannelFigure channels={channels} />
        {savings === undefined ? null : (
          <Link to="/content-store" className={figureClasses.figure}>
            <FigureContent
              label="Saved"
              tone="good"
              value={formatBytes(Math.max(0, savings.servedBytes - savings.upstreamBytes))}
              note={`did not cross the Internet link in ${DAYS} days`}
            />
          </Link>
        )}
        {status === undefined ? null : (
          <Link to="/content-store" className={figureClasses.figure}>
            <FigureContent
              label="Content store"
              tone={stops ? 'danger' : 'quiet'}
              value={formatBytes(status.objectBytes)}
              note={
                stops
                  ? 'nothing new is fetched'
                  : status.freeBytes === null
                    ? plural(status.objectCount, 'file')
                    : `stored; ${formatBytes(status.freeBytes)} free`
              }
            />
          </Link>
        )}
      </FigureGrid>
    </section>
  );
}

function RepositoriesFigure({ repositories }: { repositories: readonly RepositorySummary[] }) {
  const trouble = repositories.filter(({ health }) => health === 'failing' || health === 'stale');
  const distrusted = trouble.filter(({ fault }) => fault?.side === 'trust').length;
  return (
    <Link to="/repositories" search={trouble.length > 0 ? { show: 'trouble' } : {}} className={figureClasses.figure}>
      <FigureContent
        label="Repositories in trouble"
        tone={distrusted > 0 ? 'danger' : trouble.length > 0 ? 'notice' : 'good'}
        value={formatCount(trouble.length)}
        note={`of ${formatCount(repositories.length)}${distrusted > 0 ? `; ${distrusted} gave what no approved key vouches for` : ''}`}
      />
    </Link>
  );
}

/** The last one in the order: what most endpoints get. */
function ChannelFigure({ channels }: { channels: readonly Channel[] }) {
  const now = useNow();
  const channel = channels.findLast(({ snapshot }) => snapshot !== null);
  if (channel === undefined || channel.snapshot === null) return null;
  const days = Math.floor((now - Date.parse(channel.snapshot.createdAt)) / 86_400_000);
  return (
    <Link to="/snapshots" className={figureClasses.figure}>
      <FigureContent
        label={`In ${channel.name}`}
        tone="busy"
        value={channel.snapshot.name}
        note={days < 1 ? 'frozen today' : `frozen ${plural(days, 'day')} ago`}
      />
    </Link>
  );
}
