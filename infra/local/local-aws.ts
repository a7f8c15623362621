import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalHome } from './local-home.ts';
import { ensurePython } from './python-environment.ts';

const ENGINE = join(import.meta.dirname, 'engine');
const HOST = '127.0.0.1';
const START_SECONDS = 30;
const STOP_SECONDS = 30;
const WORKERS_SECONDS = 2;
const PORT_SECONDS = 2;
/** First port and number of ports that an engine may have. */
const ENGINE_PORTS = [20_000, 12_000] as const;
const POLL_MILLISECONDS = 50;

/** Region and account of everything that is deployed locally. */
export const LOCAL_REGION = 'us-east-1';
export const LOCAL_ACCOUNT = '000000000000';
/** The engine accepts any credentials; these say what they are. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The engine could not be started or stopped. */
export class LocalAwsError extends Error {
  override readonly name = 'LocalAwsError';
}

export interface LocalAwsStatus {
  readonly running: boolean;
  readonly endpoint: string | undefined;
  readonly pid: number | undefined;
  readonly home: string;
}

/**
 * The local AWS of one home folder: an emulator process that outlives the command that started it.
 *
 * @example
 * const aws = new LocalAws(LocalHome.ofClone());
 * await aws.start();
 * process.env.AWS_ENDPOINT_URL = aws.status().endpoint;
 * await aws.stop();
 */
export class LocalAws {
  readonly home: LocalHome;

  constructor(home: LocalHome) {
    this.home = home;
  }

  status(): LocalAwsStatus {
    const { port, pid } = this.home.readEngine() ?? {};
    const running = pid !== undefined && isEngine(pid);
    return {
      running,
      endpoint: port === undefined ? undefined : `http://${HOST}:${port}`,
      pid: running ? pid : undefined,
      home: this.home.path,
    };
  }

  /**
   * Starts the engine, unless it runs. Returns whether this call started it.
   *
   * @throws LocalAwsError when it does not come up, or its port has been taken meanwhile
   */
  async start(signal?: AbortSignal): Promise<boolean> {
    if (this.status().running) return false;
    const python = await ensurePython(LocalHome.ofClone(), signal);
    const port = await this.#choosePort();
    const pid = this.#spawn(python, port);
    this.home.writeEngine({ port, pid });
    await this.#untilReady(port, pid);
    return true;
  }

  /** Stops the engine and its workers; its state is saved. Returns whether it ran. */
  async stop(): Promise<boolean> {
    const { port, pid } = this.home.readEngine() ?? {};
    if (port === undefined || pid === undefined || !isEngine(pid)) return false;
    process.kill(pid, 'SIGTERM');
    await until(() => !isEngine(pid), STOP_SECONDS).catch(() => undefined);
    // The engine ends its workers; what is left of its group a moment later has to be ended for it.
    await until(() => !signalGroup(pid, 0), WORKERS_SECONDS).catch(() =>
      signalGroup(pid, 'SIGKILL'),
    );
    this.home.writeEngine({ port });
    return true;
  }

  /** Stops the engine and forgets everything that was deployed or stored. */
  async reset(): Promise<void> {
    await this.stop();
    this.home.clear();
  }

  /** The environment in which the AWS SDK and the CDK talk to this local AWS. */
  environment(): Record<string, string> {
    const { endpoint } = this.status();
    if (endpoint === undefined) throw new LocalAwsError('The local AWS has never been started.');
    return {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: LOCAL_REGION,
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    };
  }

  /** The port of the last run, or a free one: functions keep the queue's URL, so it must not change. */
  async #choosePort(): Promise<number> {
    const port = this.home.readEngine()?.port;
    if (port === undefined) return findFreePort();
    // An engine that has just been killed gives its port back a moment later.
    await until(() => isFree(port), PORT_SECONDS).catch((error: unknown) => {
      throw new LocalAwsError(
        `Port ${port} of the local AWS is in use by another program. ` +
          'Free it, or start afresh with "npx millrace local reset".',
        { cause: error },
      );
    });
    return port;
  }

  #spawn(python: string, port: number): number {
    const log = openSync(this.home.logFile, 'a');
    try {
      const engine = spawn(python, [ENGINE], {
        cwd: this.home.path,
        env: this.#engineEnvironment(port),
        stdio: ['ignore', log, log],
        // A group of its own, so that Ctrl-C in the terminal does not kill it before it saves.
        detached: true,
      });
      engine.on('error', () => undefined);
      engine.unref();
      if (engine.pid === undefined) throw new LocalAwsError(`Could not start ${python}.`);
      return engine.pid;
    } finally {
      closeSync(log);
    }
  }

  #engineEnvironment(port: number): NodeJS.ProcessEnv {
    return {
      ...environmentWithoutAws(),
      // The workers run on the Node that runs this, which is Lambda's.
      PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
      GATEWAY_PORT: String(port),
      BIND_HOST: HOST,
      MINISTACK_HOST: HOST,
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      LAMBDA_WARM_TTL_SECONDS: '60',
      PERSIST_STATE: '1',
      STATE_DIR: this.home.folder('state', 'services'),
      S3_PERSIST: '1',
      S3_DATA_DIR: this.home.folder('state', 's3'),
      TMPDIR: this.home.folder('temp'),
      MAIL_DIRECTORY: this.home.mailFolder,
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
    };
  }

  async #untilReady(port: number, pid: number): Promise<void> {
    const ready = async (): Promise<boolean> => {
      if (!isEngine(pid)) throw new LocalAwsError(`The local AWS ended: see ${this.home.logFile}.`);
      const response = await fetch(`http://${HOST}:${port}/_ministack/ready`).catch(() => null);
      return response?.ok ?? false;
    };
    await until(ready, START_SECONDS).catch((error: unknown) => {
      if (error instanceof LocalAwsError) throw error;
      const message = `The local AWS is not ready after ${START_SECONDS} s: see ${this.home.logFile}.`;
      throw new LocalAwsError(message, { cause: error });
    });
  }
}

/**
 * The environment of this process without what would steer the AWS SDK, or Node, in the programs that
 * inherit it: a profile or an endpoint of the user's must not interfere.
 */
export function environmentWithoutAws(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('AWS_') && name !== 'NODE_OPTIONS',
  );
  return Object.fromEntries(kept);
}

/** Whether a process is the engine: after a crash its id may be that of any other program. */
function isEngine(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return commandOf(pid)?.includes(ENGINE) ?? true;
  } catch {
    return false;
  }
}

/** Signals all processes of a group; returns whether there were any. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

/** The command line of a process; undefined where the system does not tell. */
function commandOf(pid: number): string | undefined {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

async function until(condition: () => boolean | Promise<boolean>, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not so after ${seconds} s`);
    await delay(POLL_MILLISECONDS);
  }
}

/**
 * A free port that stays so while the engine is stopped: below the range from which systems take the
 * ports of outgoing connections.
 */
async function findFreePort(): Promise<number> {
  const [first, count] = ENGINE_PORTS;
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    if (await isFree(port)) return port;
  }
}

/** Finds out whether a port is free by taking it for a moment. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}
