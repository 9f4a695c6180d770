import type { PolicyDetail } from '@thimble/protocol';
import { PreviewPanel } from './preview-panel.tsx';

/** What a policy would do in the coming weeks; of one that is switched off, what it would do if it were on. */
export function PreviewTab({ detail: { summary, document } }: { detail: PolicyDetail }) {
  return summary.enabled ? (
    <PreviewPanel policyName={summary.name} />
  ) : (
    <PreviewPanel draft={{ ...document, enabled: true }} policyName={summary.name} present />
  );
}
