import type { Behaviour } from './behaviour.ts';

interface Job {
  readonly id: string;
  polls: number;
}

export const jobs: Behaviour = {
  name: 'jobs',
  priority: 2,
  description: 'A request starts a job (202); looking at it shows it queued, running, done.',
  install(service) {
    const made = new Map<string, Job>();
    const path = `${service.style.base}/${service.dice.pick(['exports', 'imports', 'jobs'])}`;
    const polls = 1 + service.dice.below(2);
    const states = ['queued', ...Array.from({ length: polls }, () => 'running'), 'done'];
    const show = ({ id, polls: at }: Job): unknown => {
      const state = states[Math.min(at, states.length - 1)];
      return { id, state, result: state === 'done' ? `${path}/${id}/result` : null };
    };
    service.route('POST', path, (turn) => {
      const job: Job = { id: `job_${service.entropy.text(16)}`, polls: 0 };
      made.set(job.id, job);
      turn.exercise('jobs', 'outcome', 'start');
      return { status: 202, body: show(job), headers: { location: `${path}/${job.id}` } };
    });
    service.route('GET', `${path}/{job}`, (turn) => {
      const job = made.get(turn.params['job'] ?? '');
      turn.exercise('jobs', 'outcome', job === undefined ? 'nothing there' : 'poll');
      if (job === undefined) return service.refuse({ status: 404, code: 'not_found', message: 'No such job' });
      job.polls++;
      return { status: 200, body: show(job) };
    });
    service.moves.push({
      weight: 3,
      run: (user) => {
        const { body } = user.send('POST', path, { body: { format: user.dice.pick(['csv', 'json']) } });
        const times = user.dice.below(4);
        for (let at = 0; at < times; at++) user.send('GET', `${path}/${(body as { id: string }).id}`);
      },
    });
    service.moves.push({ weight: 0.5, run: (user) => void user.send('GET', `${path}/job_0000000000000000`) });
  },
};
