// `mynah audit`: tries the probes of a clone against policies that should earn nothing, and against the oracles of its tasks.
import type { Command } from 'commander';
import { auditEnvironment, type TaskAudit } from '../core/episode/audit.ts';
import { openCloneEnvironment, readProbes } from './clone-environment.ts';
import { wholeNumber } from './serve.ts';
import { rewardText, textTable } from './text-table.ts';

interface AuditOptions {
  readonly probes?: string;
  readonly seed: number;
  readonly runs: number;
  readonly steps: number;
  readonly json: boolean;
}

/** Registers `mynah audit`. */
export function registerAudit(program: Command): void {
  program
    .command('audit')
    .description('Try the probes of a clone against policies that should not earn (exit code 1 when one does).')
    .argument('<clone>', 'folder of the clone')
    .option('--probes <file>', 'probes instead of the probes.yaml of the clone')
    .option('--seed <number>', 'seed of the episodes and of what is random in the policies', wholeNumber, 0)
    .option('--runs <number>', 'random episodes for each task', wholeNumber, 20)
    .option('--steps <number>', 'requests of an episode', wholeNumber, 50)
    .option('--json', 'print one JSON document', false)
    .action(audit);
}

async function audit(clone: string, { probes, json, ...options }: AuditOptions): Promise<void> {
  const { environment } = await openCloneEnvironment(clone);
  const judged = probes === undefined ? environment : { ...environment, probes: readProbes(probes, environment) };
  const audits = auditEnvironment(judged, options);
  process.stdout.write(json ? `${JSON.stringify({ tasks: audits })}\n` : audits.map(describe).join('\n'));
  if (audits.some(({ findings }) => findings.some(({ severity }) => severity === 'error'))) process.exitCode = 1;
}

function describe({ task, policies, findings }: TaskAudit): string {
  const columns = [
    { title: 'policy' },
    { title: 'reward', right: true },
    { title: 'steps', right: true },
    { title: 'probes' },
  ];
  const rows = policies.map(({ policy, reward, steps, fired }) => [
    policy,
    rewardText(reward),
    String(steps),
    Object.entries(fired)
      .map(([probe, count]) => (count === 1 ? probe : `${probe} ×${count}`))
      .join(', '),
  ]);
  const told = findings.map(({ rule, severity, message }) => `${severity}: ${message} (${rule})\n`);
  const title = task === null ? 'episodes without a task' : `task ${task}`;
  return `${title}\n${textTable(columns, rows)}${told.length === 0 ? 'nothing found\n' : told.join('')}`;
}
