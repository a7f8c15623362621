import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

const ROOT = join(import.meta.dirname, '..', '..');

const EngineRecord = z.object({
  /** TCP port on 127.0.0.1. Kept between runs: deployed functions know the queue by its URL. */
  port: z.number(),
  /** Process id of the engine; absent while it is stopped. */
  pid: z.optional(z.number()),
});
export type EngineRecord = z.infer<typeof EngineRecord>;

/**
 * The folder in which one local AWS keeps everything: its state, its logs, and which port and
 * process it has. Two clones have two homes and never meet.
 */
export class LocalHome {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    mkdirSync(path, { recursive: true });
    // Functions are unpacked below. On AWS no package.json lies above them; here this one keeps the
    // clone's, with its "type", out of sight.
    writeFileSync(join(path, 'package.json'), '{}\n');
  }

  /** The home of this clone, `.millrace/`, or one beside it for another purpose. */
  static ofClone(purpose?: string): LocalHome {
    return new LocalHome(join(ROOT, '.millrace', ...(purpose === undefined ? [] : [purpose])));
  }

  get logFile(): string {
    return join(this.folder('logs'), 'engine.log');
  }

  /** Where the local AWS keeps the mails that AWS would send. */
  get mailFolder(): string {
    return this.folder('mail');
  }

  get deployLogFile(): string {
    return join(this.folder('logs'), 'deploy.log');
  }

  /** A folder below the home, made if needed. */
  folder(...names: string[]): string {
    const path = join(this.path, ...names);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** What was last recorded about the engine; undefined before its first start. */
  readEngine(): EngineRecord | undefined {
    try {
      return EngineRecord.parse(JSON.parse(readFileSync(this.#recordFile, 'utf8')));
    } catch {
      return undefined;
    }
  }

  writeEngine(record: EngineRecord): void {
    writeFileSync(this.#recordFile, `${JSON.stringify(record, null, 2)}\n`);
  }

  /** Forgets everything but the logs. */
  clear(): void {
    for (const name of ['state', 'temp', 'assembly', 'mail', 'reports', 'engine.json']) {
      rmSync(join(this.path, name), { recursive: true, force: true });
    }
  }

  get #recordFile(): string {
    return join(this.path, 'engine.json');
  }
}
