import { Code, Text } from '@mantine/core';
import type { EndpointDetail, Gap, System } from '@thimble/protocol';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Ago } from '../format/moment.tsx';
import { formatBytes } from '../format/quantity.ts';
import { isAboutProcesses } from '../runs/verification.ts';
import { Panel } from '../shell/panel.tsx';
import { Tag } from '../states/state-badge.tsx';
import { AssetPanel } from './asset-panel.tsx';
import { Facts } from './facts.tsx';
import { IdentityPanel } from './identity-panel.tsx';
import { RepositoriesPanel } from './repositories-panel.tsx';
import { WaitsPanel } from './waits-panel.tsx';
import { WhyPanel } from './why-panel.tsx';
import classes from './endpoint.module.css';

export function SummaryTab({ detail }: { detail: EndpointDetail }) {
  const { system, summary } = detail;
  const gaps = distinctGaps([...detail.gaps, ...(system?.gaps ?? [])]);
  return (
    <div className={classes['grid']}>
      <WhyPanel endpoint={summary} />
      <WaitsPanel waits={detail.waits} gaps={gaps} />
      {system === null ? (
        <div className={classes['wide']}>
          <Panel>
            <EmptyState title="Nothing is known of this system yet">
              It shows when the endpoint has reported.
            </EmptyState>
          </Panel>
        </div>
      ) : (
        <>
          <SystemPanel system={system} />
          <HealthPanel system={system} gaps={gaps} />
          <RepositoriesPanel repositories={system.repositories} />
        </>
      )}
      <AssetPanel endpoint={summary} />
      <IdentityPanel endpoint={summary} />
      <Panel title="Agent">
        <Facts
          facts={[
            ['Version', summary.agentVersion],
            ['Runs as', system === null ? 'unknown' : AGENT_MODES[system.agent.mode]],
            [
              'May install',
              system === null ? 'unknown' : system.agent.privileged ? 'yes' : 'no: it does not run as root',
            ],
            ['Enrolled', <Ago key="ago" at={summary.enrolledAt} />],
            ['Endpoint id', <code key="id">{summary.id}</code>],
            ['Manifest', <code key="digest">{detail.manifestSha256?.slice(0, 16) ?? 'unknown'}</code>],
          ]}
        />
      </Panel>
    </div>
  );
}

const AGENT_MODES: Readonly<Record<System['agent']['mode'], string>> = {
  service: 'systemd service',
  timer: 'systemd timer, no idle memory',
  embedded: 'part of the server',
};

function SystemPanel({ system }: { system: System }) {
  const { kernel } = system;
  return (
    <Panel title="System">
      <Facts
        facts={[
          ['Distribution', system.os.prettyName],
          ['Architecture', system.architecture],
          ['Kernel running', version(kernel.running, kernel.runningPackageVersion)],
          [
            'Kernel installed',
            kernel.installed === null ? 'none (container)' : version(kernel.installed, kernel.installedPackageVersion),
          ],
          ['Booted', <Ago key="ago" at={system.bootedAt} />],
          ['Machine', `${system.cpuCount} CPUs, ${formatBytes(system.memoryBytes)} memory`],
          ['Disk free', formatBytes(system.diskFreeBytes)],
          ['Virtualisation', system.virtualization ?? 'unknown, or none'],
        ]}
      />
    </Panel>
  );
}

function version(name: string, packageVersion: string | null): string {
  return packageVersion === null ? name : `${name} (${packageVersion})`;
}

function HealthPanel({ system, gaps }: { system: System; gaps: readonly Gap[] }) {
  const { rebootRequired, staleProcesses, failedUnits, packageManager, kernel } = system;
  return (
    <Panel title="Health">
      <Facts
        facts={[
          [
            'Reboot',
            rebootRequired.required || kernel.waitsForReboot ? (
              <>
                <Tag tone="wait">needed</Tag> {rebootRequired.reasons.join(', ')}
              </>
            ) : (
              'not needed'
            ),
          ],
          ['Failed units', failedUnits.length === 0 ? 'none' : <List key="units" tone="failed" items={failedUnits} />],
          [
            'Package manager',
            packageManager.interrupted ? (
              <>
                <Tag tone="failed">interrupted</Tag> {packageManager.brokenPackages.join(', ')}; an order repairs it
                first, or <Code>dpkg --configure -a</Code> there
              </>
            ) : packageManager.brokenPackages.length > 0 ? (
              <List tone="failed" items={packageManager.brokenPackages} />
            ) : (
              'consistent'
            ),
          ],
        ]}
      />
      <Text size="sm" fw={550} mt="sm" mb={4}>
        Processes on replaced code
      </Text>
      {staleProcesses.length === 0 ? (
        <Text size="sm" c="dimmed">
          {gaps.some(isAboutProcesses)
            ? 'None was seen, but not all processes could be looked at.'
            : 'None: what runs is what is installed.'}
        </Text>
      ) : (
        <ul className={classes['items']}>
          {staleProcesses.map((process) => (
            <li key={process.pid}>
              <div>
                <span className="tabular">{process.pid}</span> {process.command}{' '}
                <Text span size="sm" c="dimmed">
                  ({process.unit ?? 'no unit'}) uses replaced {process.packages.join(', ') || process.files.join(', ')}
                </Text>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function List({ items, tone }: { items: readonly string[]; tone: 'failed' }) {
  return (
    <>
      <Tag tone={tone}>{items.length}</Tag> {items.join(', ')}
    </>
  );
}

/** The server's gaps repeat those of the system. */
function distinctGaps(gaps: readonly Gap[]): Gap[] {
  return [...new Map(gaps.map((gap) => [`${gap.what}\0${gap.why}`, gap])).values()];
}
