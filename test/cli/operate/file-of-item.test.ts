import { fileOfItem } from '../../../src/cli/operate/file-of-item.ts';
import { fileVersion } from '../../support/files.ts';
import { ledgerItem } from '../../support/ledger-items.ts';

it.each([
  ['lies where it arrived', {}],
  ['is a replay from the archive', replayed()],
])('a file that %s is known again from its item', (_, parts) => {
  const { key, ...file } = fileVersion();
  expect(fileOfItem(ledgerItem(key, parts))).toEqual({ ...file, key, ...parts });
});

function replayed() {
  const location = { bucket: 'target', key: 'archive/a', versionId: null };
  return { replay: 'again', location } as const;
}
