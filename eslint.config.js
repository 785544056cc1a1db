// What the type checker does not see: promises nobody waits for, and in the core everything that would make equal inputs
// give unequal results. test/tidy holds the rest of the house rules.
import tseslint from 'typescript-eslint';

const impureGlobals = [
  'Date',
  'Intl',
  'Promise',
  'console',
  'fetch',
  'performance',
  'process',
  'setTimeout',
  'setInterval',
  'queueMicrotask',
];
const localeMethods = [
  'localeCompare',
  'toLocaleString',
  'toLocaleUpperCase',
  'toLocaleLowerCase',
  'toLocaleDateString',
  'toLocaleTimeString',
];
const pure = 'The core is pure: equal arguments give equal results on every machine.';

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'demo-output/', 'bench/results/', 'recordings/', 'ui/dist/'] },
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // An index inside a bound that was just checked is not a risk that a branch would remove.
      '@typescript-eslint/no-non-null-assertion': 'off',
      eqeqeq: 'error',
      'no-fallthrough': 'error',
      'prefer-const': 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': ['error', { allowRethrowing: true, allowThrowingUnknown: true }],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals.map((name) => ({ name, message: pure }))],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: `${pure} Draw from a named stream (std/prng.ts).` },
        ...localeMethods.map((property) => ({ property, message: `${pure} Compare and change case by code unit.` })),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: ':function[async=true]', message: `${pure} Nothing in it waits.` },
        { selector: 'AwaitExpression', message: `${pure} Nothing in it waits.` },
      ],
    },
  },
  {
    // Programs and pages print; that is what they are for.
    files: ['examples/**', 'bench/**', 'scripts/**', 'fixtures/**'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
      },
    },
    rules: { 'no-console': 'off' },
  },
  { files: ['bin/*.js', '**/*.mjs'], languageOptions: { globals: { process: 'readonly' } } },
);
