import type { Host } from '@thimble/drivers';
import { AgentError } from '../../agent-error.ts';
import { answerFolder, answerName, DEFERRALS } from './answers.ts';
import { readQuestion, type RebootQuestion } from './reboot-request.ts';

/**
 * Answers, as root or as somebody who is signed in, when this machine asks for a reboot.
 * @param words `now`, or for how long not: `2h`
 * @returns the question that was answered.
 * @throws AgentError `nothing-asked`, `bad-answer` · HostError `permission`: without a session of logind only root can answer
 */
export async function answerReboot(host: Host, userId: number, words: string): Promise<RebootQuestion> {
  const name = answerName(words);
  if (name === null) throw new AgentError('bad-answer', 'input', `${words} is none of ${DEFERRALS.join(', ')}`);
  const question = await readQuestion(host);
  if (question === null)
    throw new AgentError('nothing-asked', 'input', 'this machine does not ask anybody whether it may reboot');
  const folder = answerFolder(userId);
  await host.remove(folder);
  await host.makeDirectory(folder, { mode: 0o700 });
  await host.writeFile(`${folder}/${name}`, '');
  return question;
}
