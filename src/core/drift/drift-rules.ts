// What drift can find, as data: a rule is what differs, how much that matters to who reads the API or trains on its clone,
// and one sentence for people. Adding a rule: a row here, its test in field-changes.ts or status-changes.ts, a line in
// docs/guide/drift.md.

/** `breaking`: a client that worked can fail. `warning`: the clone is no longer right. `info`: worth knowing, never a failure. */
export type Severity = 'breaking' | 'warning' | 'info';

export const SEVERITIES: readonly Severity[] = ['info', 'warning', 'breaking'];

interface RuleSpec {
  readonly severity: Severity;
  readonly title: string;
}

export const DRIFT_RULES = {
  'route.removed': { severity: 'breaking', title: 'A route that answered is gone.' },
  'status.changed': { severity: 'breaking', title: 'A route answers with another status.' },
  'status.added': { severity: 'warning', title: 'A route also answers with a status that it never had.' },
  'error-status.added': { severity: 'info', title: 'A route also fails with a status that it never had.' },
  'field.removed': { severity: 'breaking', title: 'A field that answers always had is gone.' },
  'field.optional-removed': { severity: 'warning', title: 'A field that answers sometimes had is gone.' },
  'field.renamed': {
    severity: 'breaking',
    title: 'A field is gone and another one with values of its kind stands in its place.',
  },
  'field.added': { severity: 'warning', title: 'A field appeared that no answer had.' },
  'field.became-optional': { severity: 'breaking', title: 'A field that answers always had is sometimes missing.' },
  'type.changed': { severity: 'breaking', title: 'Values of a field have another type.' },
  'type.widened': { severity: 'breaking', title: 'Some values of a field have a type that it never had.' },
  'type.filled': { severity: 'info', title: 'A field that was always null has values.' },
  'null.added': { severity: 'breaking', title: 'A field that was never null is null.' },
  'format.changed': { severity: 'breaking', title: 'Strings of a field have another format.' },
  'enum.value-added': { severity: 'warning', title: 'A field with few values has a new one.' },
} as const satisfies Record<string, RuleSpec>;

export type DriftRule = keyof typeof DRIFT_RULES;

export function severityOf(rule: DriftRule): Severity {
  return DRIFT_RULES[rule].severity;
}

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}
