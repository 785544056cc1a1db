// Services with random traits against their clones: every exam is a walk that was never recorded, free-running.
import { describe, expect, it } from 'vitest';
import { madeUp, randomClient, randomService, randomTraits } from '../support/random-service.ts';
import { sitExam, type Contract } from '../support/toy-recording.ts';
import { isDeepStrictEqual } from 'node:util';

const SERVICES = 24;
const LESSON_STEPS = 250;
const EXAM_STEPS = 50;

const exams = Array.from({ length: SERVICES }, (_, seed): Contract => {
  const traits = randomTraits(seed);
  const client = (salt: number, steps: number): ReturnType<typeof randomClient> =>
    randomClient(traits, seed * 2 + salt, steps);
  return sitExam(randomService(traits), client(0, LESSON_STEPS), client(1, EXAM_STEPS), madeUp(traits));
});

const rightAnswers = ({ original, clone }: Contract): number =>
  original.filter((line, at) => isDeepStrictEqual(line, clone[at])).length;

describe(`clones of ${SERVICES} services with random traits`, () => {
  it('answer at least 24 of 25 requests of all exams whole and right', () => {
    const asked = exams.reduce((sum, { original }) => sum + original.length, 0);
    const right = exams.reduce((sum, exam) => sum + rightAnswers(exam), 0);
    expect(right / asked).toBeGreaterThanOrEqual(0.96);
  });

  it('know every status at least 49 times of 50', () => {
    const statuses = exams.flatMap(({ original, clone }) =>
      original.map(({ status }, at) => status === clone[at]?.status),
    );
    expect(statuses.filter(Boolean).length / statuses.length).toBeGreaterThanOrEqual(0.98);
  });

  it('make no mistake at all in at least two exams of three', () => {
    const perfect = exams.filter((exam) => rightAnswers(exam) === exam.original.length);
    expect(perfect.length).toBeGreaterThanOrEqual((SERVICES * 2) / 3);
  });
});
