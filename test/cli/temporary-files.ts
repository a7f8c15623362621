import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the files of a test file; it is deleted after its tests. */
export class TemporaryFiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'));

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true }));
  }

  /** Writes a file and returns its path. */
  write(name: string, content: string | Uint8Array): string {
    const path = this.path(name);
    writeFileSync(path, content);
    return path;
  }

  path(name: string): string {
    return join(this.folder, name);
  }
}
