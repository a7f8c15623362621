#!/usr/bin/env node
// Starts the CLI on Node 24, which runs the TypeScript sources as they are. Where the system's Node is
// older, the one that `npm ci` installed takes over.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const REQUIRED_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR) {
  const { main } = await import('./main.ts');
  await main(process.argv);
} else {
  relaunch(fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url)));
}

/** @param {string} node */
function relaunch(node) {
  if (!existsSync(node)) {
    console.error(`Millrace needs Node ${REQUIRED_MAJOR}. Run "npm ci" first: it brings its own.`);
    process.exit(1);
  }
  // Ctrl-C reaches the child by the terminal; this process only waits for it.
  process.on('SIGINT', () => undefined);
  const { status } = spawnSync(node, process.argv.slice(1), { stdio: 'inherit' });
  process.exit(status ?? 1);
}
