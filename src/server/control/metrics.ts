// Counts of the server in Prometheus' text format.
import type { RegistryCounts } from './episode-registry.ts';

export function printMetrics({ live, created, finished, steps }: RegistryCounts): string {
  return [
    ...metric('mynah_episodes_live', 'gauge', 'Episodes in memory.', [['', live]]),
    ...metric('mynah_episodes_created_total', 'counter', 'Episodes begun since the server began.', [['', created]]),
    ...metric('mynah_episodes_finished_total', 'counter', 'Episodes finished since the server began.', [
      ['', finished],
    ]),
    ...metric(
      'mynah_steps_total',
      'counter',
      'Steps answered since the server began, by where the answer came from.',
      Object.entries(steps).map(([provenance, count]) => [`{provenance="${provenance}"}`, count]),
    ),
    '',
  ].join('\n');
}

function metric(
  name: string,
  type: string,
  help: string,
  samples: readonly (readonly [labels: string, value: number])[],
): readonly string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([labels, value]) => `${name}${labels} ${value}`),
  ];
}
