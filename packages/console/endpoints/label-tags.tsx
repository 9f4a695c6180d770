import { Link } from '@tanstack/react-router';
import { Tag } from '../states/state-badge.tsx';
import { tagsOf } from './labels.ts';

/** Labels, each leading to the endpoints that have it too. */
export function LabelTags({ labels }: { labels: Readonly<Record<string, string>> | undefined }) {
  const tags = tagsOf(labels);
  if (tags.length === 0) return 'none';
  return (
    <span style={{ display: 'inline-flex', flexWrap: 'wrap', gap: '0.25rem' }}>
      {tags.map((tag) => (
        <Link key={tag} to="/endpoints" search={{ label: [tag] }} className="plain">
          <Tag tone="quiet">{tag}</Tag>
        </Link>
      ))}
    </span>
  );
}
