const swc = (syntax) => [
  '@swc/jest',
  { jsc: { parser: { syntax }, target: 'es2024' }, module: { type: 'commonjs' } },
];

const CHAOS = '<rootDir>/test/chaos/short-chaos.test.ts';

/**
 * A suite has globals of its own, and looking one up takes 0.2 µs there: that was half of what some suites
 * took. As parameters of each module they cost nothing. Not among them: what fake timers replace, as `Date`,
 * and `Buffer`, which some package declares again.
 */
const FAST_GLOBALS = [
  ...['Array', 'BigInt', 'Boolean', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Promise', 'RegExp'],
  ...['Set', 'String', 'Symbol', 'WeakMap', 'Error', 'RangeError', 'SyntaxError', 'TypeError'],
  ...['ArrayBuffer', 'DataView', 'Float64Array', 'Int32Array', 'Uint8Array', 'Uint32Array'],
];

/** @type {import('jest').Config} */
const common = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': swc('typescript'), '/hyparquet[^/]*/.+\\.js$': swc('ecmascript') },
  // Packages are CommonJS or have it too, but for these.
  transformIgnorePatterns: ['/node_modules/(?!hyparquet)'],
  // Packages that are ES modules for Node have a CommonJS build beside it.
  moduleNameMapper: { '^(d3-[a-z-]+|internmap)$': '<rootDir>/node_modules/$1/dist/$1.js' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  modulePathIgnorePatterns: ['<rootDir>/.millrace', '<rootDir>/cdk.out'],
};

/** Tests that need a local AWS, and may have to wait for it. */
const local = {
  ...common,
  setupFilesAfterEnv: ['<rootDir>/test/support/local-aws-timeout.ts'],
};

/** End-to-end tests that keep the app busy for long; they have an app of their own, beside the others'. */
const STORMS = ['split-files', 'duplicate-events', 'killed-workers'].map(
  (name) => `<rootDir>/test/e2e/${name}.test.ts`,
);

/** End-to-end tests with an app and a local AWS of their own, in the home of the project's name. */
const e2e = (displayName) => ({
  ...local,
  displayName,
  globals: { E2E_HOME: displayName },
  globalSetup: '<rootDir>/test/e2e/deploy-app.ts',
  globalTeardown: '<rootDir>/test/e2e/stop-app.ts',
});

/**
 * Four kinds of tests: `unit` needs nothing but Node; `engine` holds the local AWS to the rules of
 * AWS, and the CDK's commands to it; `e2e` and `e2e-storms` drive the real app, each deployed to a local AWS of
 * its own; `chaos` does so while services fail.
 *
 * @type {import('jest').Config}
 */
export default {
  // Jest's default leaves one core idle, which is half of a small machine.
  maxWorkers: '100%',
  projects: [
    {
      ...common,
      displayName: 'unit',
      sandboxInjectedGlobals: FAST_GLOBALS,
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/engine/', '<rootDir>/test/e2e/', CHAOS],
    },
    { ...local, displayName: 'chaos', testMatch: [CHAOS] },
    {
      ...local,
      displayName: 'engine',
      testMatch: ['<rootDir>/test/engine/**/*.test.ts'],
      globalSetup: '<rootDir>/test/engine/start-engine.ts',
      globalTeardown: '<rootDir>/test/engine/stop-engine.ts',
    },
    {
      ...e2e('e2e'),
      testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
      testPathIgnorePatterns: STORMS,
    },
    { ...e2e('e2e-storms'), testMatch: STORMS },
  ],
};
