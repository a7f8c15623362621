import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Folders of `src` that run in Lambda. */
const RUNTIME = [
  'src/shared/**',
  'src/datasets/**',
  'src/pipeline/**',
  'src/report/**',
  'src/analytics/**',
  'src/reconcile/**',
];

export default defineConfig(
  { ignores: ['node_modules/', 'cdk.out/', '.millrace/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `return` and arrows read well with a call that gives nothing back.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // A constructor that narrows a parameter's type is not useless.
      '@typescript-eslint/no-useless-constructor': 'off',
      // The CDK's classes and enums reach us through interfaces and plain values.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 16],
    },
  },
  {
    // Dependencies point one way: features use `shared`, and nothing that runs in Lambda knows of the
    // CDK, the CLI or the local AWS.
    files: RUNTIME,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['aws-cdk-lib*', 'constructs'], message: 'The CDK belongs to infra/.' },
            { group: ['**/infra/**', '**/cli/**'], message: 'Runtime code knows neither.' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/shared/**', 'src/datasets/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['aws-cdk-lib*', 'constructs'], message: 'The CDK belongs to infra/.' },
            {
              group: [
                '**/infra/**',
                '**/cli/**',
                '**/pipeline/**',
                '**/report/**',
                '**/analytics/**',
                '**/reconcile/**',
              ],
              message: 'What is shared knows no feature.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-imports': [
        'error',
        {
          name: 'fast-check',
          message: 'By itself it reaches no maxLength: test/support/fast-check.ts.',
        },
      ],
    },
  },
  { files: ['test/support/fast-check.ts'], rules: { 'no-restricted-imports': 'off' } },
);
