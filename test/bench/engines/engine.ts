/** What an engine did with a file. */
export interface EngineOutcome {
  /** Null from an engine that does not tell rows apart. */
  readonly rows: number | null;
  readonly outputBytes: number;
}

/**
 * Works through a generated file from its first byte to its last, mostly to turn it into JSON Lines.
 *
 * @param path of the file, which each engine reads from disk by itself
 */
export type Engine = (path: string) => Promise<EngineOutcome>;
