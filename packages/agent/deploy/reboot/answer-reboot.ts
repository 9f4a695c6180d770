import type { Host } from '@thimble/drivers';
import { AgentError } from '../../agent-error.ts';
import { answerFolder, answerName } from './answers.ts';
import { readQuestion, type RebootQuestion } from './reboot-request.ts';

/**
 * Answers, as root or as somebody who is signed in, when this machine asks for a reboot: `now`, or not before so long.
 * @returns the question that was answered. @throws AgentError `nothing-asked` · HostError `permission`: without a session of logind only root can answer
 */
export async function answerReboot(host: Host, userId: number, deferMs: number | 'now'): Promise<RebootQuestion> {
  const question = await readQuestion(host);
  if (question === null)
    throw new AgentError('nothing-asked', 'input', 'this machine does not ask anybody whether it may reboot');
  const folder = answerFolder(userId);
  // The newest counts; the folder does not fill up.
  await host.remove(folder);
  await host.makeDirectory(folder, { mode: 0o700 });
  await host.writeFile(`${folder}/${answerName(deferMs)}`, '');
  return question;
}
