/**
 * An expected failure of the agent. `side` says where the cause is: the caller's input, the server or the network,
 * this host, or another writer.
 */
export class AgentError extends Error {
  readonly code: AgentErrorCode;
  readonly side: 'input' | 'remote' | 'host' | 'conflict';
  constructor(code: AgentErrorCode, side: AgentError['side'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.side = side;
  }
}

export type AgentErrorCode =
  | 'not-enrolled'
  | 'already-enrolled'
  | 'state-damaged'
  | 'state-unreadable'
  | 'disk-full'
  | 'already-running'
  | 'lock-unavailable'
  | 'stopped'
  | 'bad-server-url'
  | 'bad-fingerprint'
  | 'fingerprint-mismatch'
  | 'bad-approvers'
  | 'bad-token'
  | 'clock-skew'
  | 'not-root'
  | 'nothing-asked'
  | 'bad-answer'
  | 'no-systemd'
  | 'systemctl-failed'
  | 'unsupported-system'
  | 'enrolment-refused'
  | 'copied-machine'
  | 'no-update-root'
  | 'bad-update-root';
