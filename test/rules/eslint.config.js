import tseslint from 'typescript-eslint';

const rootDir = new URL('../..', import.meta.url).pathname;

export default tseslint.config(
  { ignores: ['.build/**', 'node_modules/**', 'test/fixtures/**', 'schemas/types.ts', '**/*.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: [
          'schemas/tsconfig.json',
          'agent/tsconfig.json',
          'main/tsconfig.json',
          'renderer/tsconfig.json',
          'renderer/build/tsconfig.json',
          'test/tsconfig.json',
        ],
        tsconfigRootDir: rootDir,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Name what is exported.' },
      ],
    },
  },
  {
    // Tests narrow recorded values by hand and pass methods about.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // What has no DOM must not find the browser's globals either.
    files: ['renderer/state/**/*.ts', 'renderer/form/**/*.ts', 'renderer/text/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['window', 'document', 'location', 'navigator', 'localStorage', 'fetch', 'history'],
      ],
    },
  },
  {
    // Configuration files must export a default; the tools read nothing else.
    files: ['**/*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
