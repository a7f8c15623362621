declare module 'asl-validator' {
  /** Checks a definition in the Amazon States Language; adds to it what it leaves at its default. */
  export default function validate(definition: unknown): {
    isValid: boolean;
    errorsText(separator?: string): string;
  };
}
