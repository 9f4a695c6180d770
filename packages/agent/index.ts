export { AgentError, type AgentErrorCode } from './agent-error.ts';
export { ServerFailure } from './connection/server-failure.ts';
export { answerReboot } from './deploy/reboot/answer-reboot.ts';
export { enroll, type Enrolled, type EnrollOptions } from './enrolment/enroll.ts';
export { moveToServer } from './enrolment/move.ts';
export { agentStatus, type AgentStatus } from './enrolment/status.ts';
export { unenroll } from './enrolment/unenroll.ts';
export { createLog, type Log } from './log.ts';
export { rotateKey, type Rotated } from './own-key/rotate-by-hand.ts';
export { lockState } from './state/lock.ts';
export type { AgentOptions } from './run/open.ts';
export { runOnce, type OnceResult } from './run/once.ts';
export { runAgent, type EndReason } from './run/service.ts';
export { canInstallService, installService, removeService, type InstallOptions } from './service/install.ts';
export {
  CHECK_IN_UNIT,
  checkInUnit,
  DEFAULT_TIMER_MINUTES,
  EXIT_CONFIGURATION,
  SERVICE_UNIT,
  serviceUnit,
  TIMER_UNIT,
  timerUnit,
  type ServiceMode,
} from './service/units.ts';
export { pinApprovers, pinApproverSet, resetTrust } from './trust/change-by-hand.ts';
export { trustReport, type TrustReport } from './trust/trust-report.ts';
export { launchNewest } from './update/launch.ts';
export type { GivenUp } from './update/update-state.ts';
export { AGENT_VERSION } from './version.ts';

/** Where the agent of a whole machine keeps its state. */
export const DEFAULT_STATE_DIRECTORY = '/var/lib/thimble-agent';
