import tseslint from 'typescript-eslint'

// Not split yet. A file leaves this list when it keeps to the sizes below, and none joins it.
const TOO_LARGE = [
  'src/config/draft/assemble.ts',
  'src/remote/machine-host.ts',
  'src/remote/reconnect/reconnecting-host.ts',
  'src/remote/supervisor/supervise.ts',
  'src/ui/task-view.ts',
]

export default tseslint.config(
  {ignores: ['dist/', 'node_modules/', 'coverage/', '**/*.cjs', '**/*.js']},
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {parserOptions: {projectService: true, tsconfigRootDir: import.meta.dirname}},
    rules: {
      'max-lines': ['error', {max: 250, skipBlankLines: true, skipComments: true}],
      'max-depth': ['error', 4],
      'max-params': ['error', 4],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', {allowNumber: true}],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', {ignoreArrowShorthand: true}],
      'no-restricted-syntax': [
        'error',
        {selector: 'TSEnumDeclaration', message: 'use a union of string literals'},
        {
          selector: "CallExpression[callee.object.name='vi'][callee.property.name='mock']",
          message: 'pass a fake as an argument',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: TOO_LARGE,
    rules: {
      'max-lines': ['error', {max: 200, skipBlankLines: true, skipComments: true}],
      'max-lines-per-function': ['error', {max: 40, skipBlankLines: true, skipComments: true}],
      complexity: ['error', 20],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/commands/**', 'src/ui/**', 'src/lab/**', 'src/remote/**'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {object: 'Date', property: 'now', message: 'the clock comes in as an argument'},
        {object: 'Math', property: 'random', message: 'randomness comes in as an argument'},
      ],
    },
  },
)
