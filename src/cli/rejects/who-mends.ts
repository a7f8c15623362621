import type { RowCode } from '../../shared/error-codes.ts';

const PRODUCER = 'the producer';
const PRODUCER_OR_OWNER = "the producer, or the contract's owner";
const OWNER = "the contract's owner";

/** By code: a row that cannot be read is its producer's; a value out of contract may be either's. */
const MENDERS: Readonly<Record<RowCode, string>> = {
  TOO_FEW_FIELDS: PRODUCER,
  TOO_MANY_FIELDS: PRODUCER,
  INVALID_ENCODING: PRODUCER_OR_OWNER,
  TEXT_AFTER_CLOSING_QUOTE: PRODUCER,
  STRAY_CARRIAGE_RETURN: PRODUCER,
  NUL_BYTE: PRODUCER,
  INVALID_JSON: PRODUCER,
  NOT_AN_OBJECT: PRODUCER,
  DUPLICATE_PROPERTY: PRODUCER,
  REQUIRED_VALUE_MISSING: PRODUCER_OR_OWNER,
  INVALID_TYPE: PRODUCER_OR_OWNER,
  NOT_IN_ENUM: PRODUCER_OR_OWNER,
  PATTERN_MISMATCH: PRODUCER_OR_OWNER,
  BELOW_MINIMUM: PRODUCER_OR_OWNER,
  ABOVE_MAXIMUM: PRODUCER_OR_OWNER,
  TOO_SHORT: PRODUCER_OR_OWNER,
  TOO_LONG: PRODUCER_OR_OWNER,
  NOT_UNIQUE: PRODUCER_OR_OWNER,
  NOT_REPRESENTABLE: OWNER,
};

/** Who can mend rows of a code; nobody is named for a code of another version of Millrace. */
export const whoMends = (code: string): string =>
  Object.hasOwn(MENDERS, code) ? MENDERS[code as RowCode] : '';
