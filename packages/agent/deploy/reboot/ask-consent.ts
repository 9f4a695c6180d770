import { isDeepStrictEqual } from 'node:util';
import { HostError } from '@thimble/drivers';
import { runForOrder } from '../run-for-order.ts';
import type { Preparing } from '../surroundings.ts';
import { readAnswers } from './answers.ts';
import { consent, isToldAgain, WARNING_MS, type Person } from './consent.ts';
import { signedIn } from './people.ts';
import { readQuestion, writeQuestion, type RebootQuestion } from './reboot-request.ts';

/** `later`: people are asked, and it is looked again in a while. `stopped`: the order's signal fired meanwhile. */
export type Permission = 'go' | 'later' | 'stopped';

export interface Question {
  readonly reason: string;
  readonly deferForSeconds: number;
}

const TELL_DEADLINE_MS = 30_000;
const REASON_CHARACTERS = 300;

/**
 * Looks once whether this machine may reboot, and asks those who are signed in. Who was asked before in this boot, by this
 * order or an earlier one, is not asked anew: the time goes on from the first question.
 */
export async function askConsent(question: Question, asking: Preparing): Promise<Permission> {
  const { host, signal, progress } = asking;
  const nowMs = host.now().getTime();
  const reason = oneLine(question.reason);
  const before = await standingQuestion(asking, nowMs);
  // A clock that was set back must not give more time than the order does.
  const askedAtMs = before === null ? nowMs : Math.min(nowMs, Date.parse(before.askedAt));
  const toldAtMs = before === null ? null : Math.min(nowMs, Date.parse(before.toldAt));
  const deadlineMs = askedAtMs + question.deferForSeconds * 1000;
  const people = await signedIn(host);
  const answers = before === null ? [] : await readAnswers(host, people, askedAtMs);
  const said = consent({ nowMs, deadlineMs, people, answers });
  switch (said.kind) {
    case 'reboot':
      return 'go';
    case 'warn':
      await tell(`${reason}. It reboots in ${WARNING_MS / 60_000} minutes: save your work`, asking);
      progress({ stage: 'waiting-for-consent', percent: null, message: 'nobody consented in time: it reboots soon' });
      await host.sleep(WARNING_MS, signal);
      return signal.aborted ? 'stopped' : 'go';
    case 'wait': {
      const isTold = toldAtMs === null || isToldAgain(nowMs, toldAtMs, said.deferredUntilMs);
      const rebootsAt = iso(deadlineMs);
      const asked: RebootQuestion = {
        format: 1,
        orderId: asking.orderId,
        reason,
        askedAt: iso(askedAtMs),
        rebootsAt,
        toldAt: iso(isTold ? nowMs : toldAtMs),
      };
      if (!isDeepStrictEqual(before, asked)) await writeQuestion(host, asked);
      if (isTold) await tell(inWords(reason, rebootsAt), asking);
      const message = `${namesOf(people)} may say when, until ${rebootsAt}`;
      progress({ stage: 'waiting-for-consent', percent: null, message });
      return 'later';
    }
    default:
      return said satisfies never;
  }
}

/** One of an earlier order whose time is over was given up, and what was answered then says nothing about now. */
async function standingQuestion({ host, orderId }: Preparing, nowMs: number): Promise<RebootQuestion | null> {
  const known = await readQuestion(host);
  return known !== null && (known.orderId === orderId || nowMs <= Date.parse(known.rebootsAt)) ? known : null;
}

/** The server's words stand between ours: they can't look like somebody else's message. */
function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, REASON_CHARACTERS);
}

function inWords(reason: string, rebootsAt: string): string {
  return [
    `${reason}. It reboots by itself at ${rebootsAt.slice(0, 16).replace('T', ' ')} UTC.`,
    'At once: thimble agent reboot-now. Not yet: thimble agent reboot-defer 2h',
  ].join('\n');
}

/** To every terminal, wall(1). Who has none finds the question in its file. */
async function tell(text: string, asking: Preparing): Promise<void> {
  const message = `Thimble: this machine has to be rebooted: ${text}`;
  await runForOrder({ argv: ['wall', message], deadlineMs: TELL_DEADLINE_MS }, asking).catch((error: unknown) => {
    if (!(error instanceof HostError)) throw error;
  });
}

function namesOf(people: readonly Person[] | null): string {
  return people === null
    ? 'whoever is signed in'
    : people
        .map(({ name }) => name)
        .join(', ')
        .slice(0, 500);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
