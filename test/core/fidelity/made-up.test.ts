import { describe, expect, it } from 'vitest';
import { isSameMake, looksMadeUp } from '../../../src/core/fidelity/made-up.ts';

describe('what looks made up', () => {
  it.each([
    '0f8fad5b-d9cb-469f-a165-70867728950e',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'evt_01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'cus_Zj69Oo3ZlqnK8ZHl',
    'UFB8A143A7',
    '507f1f77bcf86cd799439011',
    '175928847299117063',
    'QxZtRbKpWvNmLs',
    'rrJwwMugpzW2',
  ])('%s does', (text) => expect(looksMadeUp(text)).toBe(true));

  it.each([
    '',
    'ada',
    '12345',
    '1700000000',
    'documentation',
    'in-progress',
    'Not Found',
    'application/json',
    'user-12',
    '0:User:1',
    'hello world 123abc',
    'production-environment',
  ])('"%s" does not', (text) => expect(looksMadeUp(text)).toBe(false));
});

describe('one make', () => {
  it.each([
    ['507f1f77bcf86cd799439011', '60c72b2f9b1d8e001c8e4b2a', true],
    ['507f1f77bcf86cd799439011', '60c72b2f9b1d8e001c8e4b', false],
    ['175928847299117063', 'a75928847299117063', false],
    ['0f8fad5b-d9cb-469f-a165-70867728950e', '0f8fad5bxd9cbx469fxa165x70867728950e', false],
    [`${'a1'.repeat(30)}`, `${'a1'.repeat(28)}`, true],
    [`${'a1'.repeat(30)}`, `${'a1'.repeat(20)}`, false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(isSameMake(a, b)).toBe(expected);
    expect(isSameMake(b, a)).toBe(expected);
  });
});
