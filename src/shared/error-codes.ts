/**
 * Every code that Millrace gives a rejected row, a rejected file or a failed file. A code never
 * changes its meaning; `docs/error-codes.md` explains each and a test holds the two together.
 */
export const RowCode = {
  TOO_FEW_FIELDS: 'TOO_FEW_FIELDS',
  TOO_MANY_FIELDS: 'TOO_MANY_FIELDS',
  INVALID_ENCODING: 'INVALID_ENCODING',
  TEXT_AFTER_CLOSING_QUOTE: 'TEXT_AFTER_CLOSING_QUOTE',
  STRAY_CARRIAGE_RETURN: 'STRAY_CARRIAGE_RETURN',
  NUL_BYTE: 'NUL_BYTE',
  INVALID_JSON: 'INVALID_JSON',
  NOT_AN_OBJECT: 'NOT_AN_OBJECT',
  DUPLICATE_PROPERTY: 'DUPLICATE_PROPERTY',
  REQUIRED_VALUE_MISSING: 'REQUIRED_VALUE_MISSING',
  INVALID_TYPE: 'INVALID_TYPE',
  NOT_IN_ENUM: 'NOT_IN_ENUM',
  PATTERN_MISMATCH: 'PATTERN_MISMATCH',
  BELOW_MINIMUM: 'BELOW_MINIMUM',
  ABOVE_MAXIMUM: 'ABOVE_MAXIMUM',
  TOO_SHORT: 'TOO_SHORT',
  TOO_LONG: 'TOO_LONG',
  NOT_UNIQUE: 'NOT_UNIQUE',
  NOT_REPRESENTABLE: 'NOT_REPRESENTABLE',
} as const;

export type RowCode = (typeof RowCode)[keyof typeof RowCode];

/** What was taken as it is but deserves a look; counted in the manifest. */
export const NoticeCode = {
  NO_ROWS: 'NO_ROWS',
  NO_ROWS_TAKEN: 'NO_ROWS_TAKEN',
  EMPTY_COLUMN_NAME: 'EMPTY_COLUMN_NAME',
  DUPLICATE_COLUMN_NAME: 'DUPLICATE_COLUMN_NAME',
  QUOTE_IN_UNQUOTED_FIELD: 'QUOTE_IN_UNQUOTED_FIELD',
  VALUES_RESCUED: 'VALUES_RESCUED',
} as const;

export type NoticeCode = (typeof NoticeCode)[keyof typeof NoticeCode];

/** Codes with which a whole file is rejected: the data is at fault, retrying cannot help. */
export const FileCode = {
  EMPTY_FILE: 'EMPTY_FILE',
  UNSUPPORTED_FORMAT: 'UNSUPPORTED_FORMAT',
  BINARY_CONTENT: 'BINARY_CONTENT',
  WRONG_EXTENSION: 'WRONG_EXTENSION',
  INVALID_ENCODING: 'INVALID_ENCODING',
  FILE_TOO_LARGE: 'FILE_TOO_LARGE',
  RECORD_TOO_LARGE: 'RECORD_TOO_LARGE',
  EXPANSION_TOO_LARGE: 'EXPANSION_TOO_LARGE',
  CORRUPT_GZIP: 'CORRUPT_GZIP',
  CORRUPT_ZSTD: 'CORRUPT_ZSTD',
  UNCLOSED_QUOTE: 'UNCLOSED_QUOTE',
  MALFORMED_HEADER: 'MALFORMED_HEADER',
  TOO_MANY_COLUMNS: 'TOO_MANY_COLUMNS',
  DUPLICATE_COLUMN: 'DUPLICATE_COLUMN',
  TRUNCATED_JSON: 'TRUNCATED_JSON',
  MALFORMED_JSON: 'MALFORMED_JSON',
  MISSING_REQUIRED_COLUMN: 'MISSING_REQUIRED_COLUMN',
  NO_KNOWN_COLUMN: 'NO_KNOWN_COLUMN',
  TOO_MANY_REJECTED_ROWS: 'TOO_MANY_REJECTED_ROWS',
  TOO_MANY_UNIQUE_VALUES: 'TOO_MANY_UNIQUE_VALUES',
  OBJECT_NOT_FOUND: 'OBJECT_NOT_FOUND',
} as const;

export type FileCode = (typeof FileCode)[keyof typeof FileCode];

/** Codes with which a file is skipped: nothing is wrong with it, but its contract does not want it. */
export const SkipCode = {
  DUPLICATE_CONTENT: 'DUPLICATE_CONTENT',
} as const;

export type SkipCode = (typeof SkipCode)[keyof typeof SkipCode];

/** Codes with which an attempt fails: the surroundings or Millrace are at fault. */
export const FaultCode = {
  ACCESS_DENIED: 'ACCESS_DENIED',
  KMS_KEY_UNUSABLE: 'KMS_KEY_UNUSABLE',
  OBJECT_ARCHIVED: 'OBJECT_ARCHIVED',
  SERVICE_THROTTLED: 'SERVICE_THROTTLED',
  SERVICE_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  STEP_IN_PROGRESS: 'STEP_IN_PROGRESS',
  STEP_TIMED_OUT: 'STEP_TIMED_OUT',
  FUNCTION_CRASHED: 'FUNCTION_CRASHED',
  OUT_OF_MEMORY: 'OUT_OF_MEMORY',
  ROW_BALANCE_BROKEN: 'ROW_BALANCE_BROKEN',
  OUTPUT_MISMATCH: 'OUTPUT_MISMATCH',
  UPLOAD_LOST: 'UPLOAD_LOST',
  ATTEMPT_SUPERSEDED: 'ATTEMPT_SUPERSEDED',
  ARCHIVE_MISMATCH: 'ARCHIVE_MISMATCH',
  ARCHIVE_TOO_LARGE: 'ARCHIVE_TOO_LARGE',
  ARCHIVE_TAGS_FULL: 'ARCHIVE_TAGS_FULL',
  CONTENT_IN_PROGRESS: 'CONTENT_IN_PROGRESS',
  UNEXPECTED_ERROR: 'UNEXPECTED_ERROR',
} as const;

export type FaultCode = (typeof FaultCode)[keyof typeof FaultCode];

export type ErrorCode = FileCode | FaultCode | SkipCode;

const CODED_MESSAGE = /^([A-Z][A-Z_]+): ([\s\S]*)$/;
const KNOWN_CODES = new Set<string>([...Object.values(FileCode), ...Object.values(FaultCode)]);

/** Splits `CODE: sentence`, the form of every Millrace error message; undefined for any other. */
export function parseCodedMessage(
  message: string,
): { code: ErrorCode; reason: string } | undefined {
  const [, code, reason] = CODED_MESSAGE.exec(message) ?? [];
  if (code === undefined || reason === undefined || !KNOWN_CODES.has(code)) return undefined;
  return { code: code as ErrorCode, reason };
}
