import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betaBinomialTail, combined, falseDiscoveryThreshold, surprise } from '../../../src/core/drift/evidence.ts';

describe('surprise', () => {
  // Seen in all of n, now absent in j of m.
  it.each([
    [5, 1, 1, 0.083],
    [5, 10, 1, 0.41],
    [5, 3, 3, 0.0056],
    [10, 1, 1, 0.045],
    [10, 3, 3, 0.0011],
    [50, 1, 1, 0.0098],
    [50, 10, 1, 0.087],
    [300, 1, 1, 0.0017],
  ])(
    'of a field of %i answers that is missing in %#: %i answers, %i times',
    (units, freshUnits, freshDeviations, expected) => {
      const found = surprise({ units, deviations: 0, freshUnits, freshDeviations });
      expect(Math.abs(found - expected) / expected).toBeLessThan(0.05);
    },
  );

  it('is a probability, falls with more deviations and with more steadiness', () => {
    const counts = fc.tuple(fc.nat(300), fc.nat(300), fc.nat(60), fc.nat(60)).map(([n, d, m, e]) => ({
      units: n + d,
      deviations: d,
      freshUnits: m + e,
      freshDeviations: e,
    }));
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), (evidence, steadiness) => {
        const found = surprise(evidence, steadiness);
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThanOrEqual(1);
        expect(found).toBeLessThanOrEqual(surprise(evidence, 0) + 1e-12);
        const fewer = { ...evidence, freshDeviations: Math.max(0, evidence.freshDeviations - 1) };
        expect(surprise(fewer, steadiness)).toBeGreaterThanOrEqual(found - 1e-12);
      }),
    );
  });

  it('does not depend on how long a recording is once it is long', () => {
    const long = surprise({ units: 100, deviations: 0, freshUnits: 100_000, freshDeviations: 1_000 });
    expect(long).toBeGreaterThan(0);
    expect(long).toBeLessThan(1);
    const common = surprise({ units: 100_000, deviations: 50_000, freshUnits: 100_000, freshDeviations: 100 });
    expect(common).toBeCloseTo(1, 6);
  });
});

describe('the tail of the distribution', () => {
  it('sums to one over all outcomes', () => {
    expect(betaBinomialTail(40, 0, 3.5, 7.5)).toBeCloseTo(1, 9);
    expect(betaBinomialTail(1, 1, 0.5, 0.5)).toBeCloseTo(0.5, 9);
    expect(betaBinomialTail(20, 0, 0.5, 7.5)).toBe(1);
  });

  it('is the same from either end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(60), fc.nat(50), fc.nat(50), (size, part, a, b) => {
        const least = part % (size + 1);
        const upper = betaBinomialTail(size, least, a + 0.5, b + 0.5);
        const lower = betaBinomialTail(size, size - least + 1, b + 0.5, a + 0.5);
        expect(upper + lower).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('evidence from several places', () => {
  it('is stronger together than each alone, and weak evidence stays weak', () => {
    expect(combined([0.01, 0.01])).toBeLessThan(0.002);
    expect(combined([0.5, 0.5])).toBeGreaterThan(0.5);
    expect(combined([0.02])).toBeCloseTo(0.02, 9);
  });
});

describe('the threshold of many tests', () => {
  it('is stricter the more was tested, and more generous the more was found', () => {
    expect(falseDiscoveryThreshold([0.01], 1, 0.05)).toBe(0.01);
    expect(falseDiscoveryThreshold([0.01], 100, 0.05)).toBe(0);
    expect(falseDiscoveryThreshold([0.0004, 0.0009, 0.2], 100, 0.05)).toBe(0.0009);
    expect(falseDiscoveryThreshold([], 100, 0.05)).toBe(0);
  });
});
