// How surprising fresh counts are, given the counts so far. Everything is computed with +, -, * and / but for the logarithms
// that combine evidence, and figures are rounded before they are shown.

/** A deviation seen `deviations` times in `units` before, and `freshDeviations` times in `freshUnits` now. */
export interface Evidence {
  readonly units: number;
  readonly deviations: number;
  readonly freshUnits: number;
  readonly freshDeviations: number;
}

/** More fresh units than this add nothing; they are scaled down. */
const FRESH_UNITS_MAX = 500;

/**
 * Probability of at least so many fresh deviations if nothing has changed: the tail of a beta-binomial distribution with
 * Jeffreys' prior. When none was ever seen, `steadiness` (0 to 1) is the prior probability that there never is any.
 */
export function surprise(evidence: Evidence, steadiness = 0): number {
  const { units, deviations } = evidence;
  const { freshUnits, freshDeviations } = scaled(evidence);
  if (freshUnits === 0 || freshDeviations === 0) return 1;
  const tail = betaBinomialTail(freshUnits, freshDeviations, deviations + 0.5, units - deviations + 0.5);
  if (deviations > 0) return tail;
  // Bayes: a run without any deviation makes it more likely that there is none by nature than that it is rare by chance.
  const noneByChance = betaBinomialNone(units, 0.5, 0.5);
  const byChance = ((1 - steadiness) * noneByChance) / ((1 - steadiness) * noneByChance + steadiness);
  return byChance * tail;
}

function scaled({ freshUnits, freshDeviations }: Evidence): Pick<Evidence, 'freshUnits' | 'freshDeviations'> {
  if (freshUnits <= FRESH_UNITS_MAX) return { freshUnits, freshDeviations };
  return { freshUnits: FRESH_UNITS_MAX, freshDeviations: Math.floor((freshDeviations * FRESH_UNITS_MAX) / freshUnits) };
}

/** P(J = 0) for J ~ BetaBinomial(size, a, b). */
function betaBinomialNone(size: number, a: number, b: number): number {
  let probability = 1;
  for (let i = 0; i < size; i += 1) probability *= (b + i) / (a + b + i);
  return probability;
}

/** P(J >= least) for J ~ BetaBinomial(size, a, b). */
export function betaBinomialTail(size: number, least: number, a: number, b: number): number {
  // Summed from the nearer end: the other one may be too small for a double, and every term follows from the one before.
  if (least * 2 <= size) return Math.max(1 - betaBinomialSum(size, least, a, b), Number.EPSILON);
  return betaBinomialSum(size, size - least + 1, b, a);
}

/** P(J < count) for J ~ BetaBinomial(size, a, b). */
function betaBinomialSum(size: number, count: number, a: number, b: number): number {
  let term = betaBinomialNone(size, a, b);
  let sum = 0;
  for (let j = 0; j < count; j += 1) {
    sum += term;
    term *= ((size - j) / (j + 1)) * ((a + j) / (b + size - j - 1));
  }
  return Math.min(sum, 1);
}

/** Fisher's method: the probability of independent surprises taken together. */
export function combined(probabilities: readonly number[]): number {
  const half = probabilities.reduce((sum, probability) => sum - Math.log(Math.max(probability, 1e-300)), 0);
  let term = Math.exp(-half);
  let sum = term;
  for (let i = 1; i < probabilities.length; i += 1) {
    term *= half / i;
    sum += term;
  }
  return Math.min(sum, 1);
}

/** Benjamini and Hochberg: the largest probability that still counts when `testCount` hypotheses were tested. */
export function falseDiscoveryThreshold(probabilities: readonly number[], testCount: number, rate: number): number {
  const sorted = [...probabilities].sort((a, b) => a - b);
  let threshold = 0;
  sorted.forEach((probability, index) => {
    if (probability <= (rate * (index + 1)) / Math.max(testCount, sorted.length)) threshold = probability;
  });
  return threshold;
}
