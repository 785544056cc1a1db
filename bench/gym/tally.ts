// Recall per behaviour over many exams.
import type { Examination, Verdict } from './examination.ts';
import type { Mark } from './service/turn.ts';

export interface Recall {
  readonly behaviour: string;
  readonly variant?: string;
  /** Answers that exercised it. */
  answers: number;
  /** Answers in which its own part is right. */
  right: number;
  /** Answers that are right as a whole. */
  exact: number;
  /** Services that exercised it. */
  services: number;
}

export interface Totals {
  readonly services: number;
  readonly answers: number;
  readonly status: number;
  readonly exact: number;
  readonly whole: number;
  readonly unknown: number;
  readonly silentlyWrong: number;
  /** Of what the original refused, the share that the clone accepts. */
  readonly falseSuccess: number;
  readonly perfectSessions: number;
  readonly selfReplay: number;
  readonly compileSeconds: number;
}

/** By behaviour, and by behaviour and variant where it has variants. */
export function recallOf(exams: readonly Examination[]): Recall[] {
  const recalls = new Map<string, Recall>();
  for (const { verdicts } of exams) {
    const own = new Set<Recall>();
    for (const { judgement, marks, blamed } of verdicts) {
      for (const [key, group] of grouped(marks)) {
        const recall = recalls.get(key) ?? emptyRecall(group[0] as Mark, key);
        recalls.set(key, recall);
        own.add(recall);
        recall.answers++;
        if (!group.some((mark) => blamed.includes(mark))) recall.right++;
        if (judgement.isExact) recall.exact++;
      }
    }
    for (const recall of own) recall.services++;
  }
  return [...recalls.values()];
}

function grouped(marks: readonly Mark[]): Map<string, Mark[]> {
  const groups = new Map<string, Mark[]>();
  const add = (key: string, mark: Mark): void => void groups.set(key, [...(groups.get(key) ?? []), mark]);
  for (const mark of marks) {
    add(mark.behaviour, mark);
    if (mark.variant !== undefined) add(`${mark.behaviour}: ${mark.variant}`, mark);
  }
  return groups;
}

const emptyRecall = ({ behaviour, variant }: Mark, key: string): Recall => ({
  behaviour,
  ...(key === behaviour || variant === undefined ? {} : { variant }),
  answers: 0,
  right: 0,
  exact: 0,
  services: 0,
});

export function totalsOf(exams: readonly Examination[]): Totals {
  const verdicts = exams.flatMap((exam) => exam.verdicts);
  const share = (of: readonly Verdict[], holds: (verdict: Verdict) => boolean): number =>
    of.length === 0 ? 0 : of.filter(holds).length / of.length;
  const refused = verdicts.filter(({ judgement }) => (judgement.exchange.response?.status ?? 0) >= 400);
  const sessions = exams.flatMap((exam) => {
    const names = [...new Set(exam.verdicts.map(({ judgement }) => judgement.exchange.session))];
    return names.map((name) => exam.verdicts.filter(({ judgement }) => judgement.exchange.session === name));
  });
  const isExact = ({ judgement }: Verdict): boolean => judgement.isExact;
  return {
    services: exams.length,
    answers: verdicts.length,
    status: share(verdicts, ({ judgement }) => judgement.comparison.status),
    exact: share(verdicts, isExact),
    whole: share(verdicts, ({ judgement }) => judgement.isExact && judgement.comparison.headers),
    unknown: share(verdicts, ({ judgement }) => judgement.provenance === 'unknown'),
    silentlyWrong: share(verdicts, ({ judgement }) => !judgement.isExact && judgement.provenance !== 'unknown'),
    falseSuccess: share(refused, isFalseSuccess),
    perfectSessions: sessions.filter((session) => session.every(isExact)).length / Math.max(1, sessions.length),
    selfReplay: exams.reduce((sum, { selfReplay }) => sum + selfReplay, 0) / Math.max(1, exams.length),
    compileSeconds: exams.reduce((sum, { compileMs }) => sum + compileMs, 0) / 1000,
  };
}

/** The clone's status stands in the difference of the status. */
function isFalseSuccess({ judgement }: Verdict): boolean {
  const status = judgement.comparison.differences.find(({ path }) => path === 'status');
  return status !== undefined && Number(status.actual) < 400;
}
