import type { SchemaElement } from 'hyparquet';
import {
  isRequired,
  LINEAGE_FILE,
  LINEAGE_ROW,
  RESCUED,
  type Contract,
  type ContractField,
} from '../../../datasets/contract.ts';
import { isExactDouble } from '../../../datasets/values/decimal.ts';
import { daysOf, microsecondsOf, microsecondsOfDay } from './instants.ts';

/** A value as the Parquet writer takes it. */
export type ParquetValue = string | number | bigint | boolean;

/** A column of a Parquet file: how it is declared, and how its values are made. */
export interface ParquetColumn {
  readonly name: string;
  readonly isRequired: boolean;
  /** Its physical and logical type, without its name. */
  readonly type: ParquetType;
  /** Whether the footer holds the smallest and largest value of each row group. */
  readonly hasStatistics: boolean;
  /** Makes a value of its JSON text; undefined when the column cannot hold it exactly. */
  readonly read: (json: string) => ParquetValue | undefined;
}

type ParquetType = Pick<SchemaElement, 'type' | 'converted_type' | 'logical_type'>;
type ValueColumn = Pick<ParquetColumn, 'type' | 'hasStatistics' | 'read'>;

const STRING: ValueColumn = {
  type: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  hasStatistics: true,
  read: readString,
};
const INT64: ValueColumn = { type: { type: 'INT64' }, hasStatistics: true, read: readInt64 };
/** Text of any JSON value. The order of such texts means nothing, hence no statistics. */
const JSON_TEXT: ValueColumn = {
  type: { type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } },
  hasStatistics: false,
  read: (json) => json,
};

/**
 * The columns by which a Parquet reader gets the types of Table Schema. All instants are in UTC; a
 * time of day is of no zone, which only the newer of Parquet's two ways to state a type can say.
 */
const COLUMNS: Readonly<Record<ContractField['type'], ValueColumn>> = {
  string: STRING,
  integer: INT64,
  number: { type: { type: 'DOUBLE' }, hasStatistics: true, read: readDouble },
  boolean: { type: { type: 'BOOLEAN' }, hasStatistics: true, read: readBoolean },
  date: {
    type: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
    hasStatistics: true,
    read: ofText(daysOf),
  },
  datetime: {
    type: {
      type: 'INT64',
      converted_type: 'TIMESTAMP_MICROS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    },
    hasStatistics: true,
    read: ofText(microsecondsOf),
  },
  time: {
    type: {
      type: 'INT64',
      logical_type: { type: 'TIME', isAdjustedToUTC: false, unit: 'MICROS' },
    },
    hasStatistics: true,
    read: ofText(microsecondsOfDay),
  },
  year: { type: { type: 'INT32' }, hasStatistics: true, read: readInt32 },
  object: JSON_TEXT,
  array: JSON_TEXT,
  any: JSON_TEXT,
};

/**
 * The columns of a contract's Parquet files: lineage, the contract's fields, and what was rescued.
 * They are the same in every file, whatever columns the file has.
 */
export function parquetColumns(contract: Contract): ParquetColumn[] {
  const lineage = [
    { name: LINEAGE_FILE, isRequired: true, ...STRING },
    { name: LINEAGE_ROW, isRequired: true, ...INT64 },
  ];
  return [
    ...(contract.millrace.lineage ? lineage : []),
    ...contract.fields.map((field) => ({
      name: field.name,
      isRequired: isRequired(contract, field),
      ...COLUMNS[field.type],
    })),
    { name: RESCUED, isRequired: false, ...JSON_TEXT },
  ];
}

/** A lone surrogate is no character: UTF-8 cannot hold it. */
function readString(json: string): string | undefined {
  if (!json.startsWith('"')) return undefined;
  // Parsed even without escapes: a slice would keep all the lines that it was cut from.
  const text = JSON.parse(json) as string;
  return text.isWellFormed() ? text : undefined;
}

function readInt64(json: string): bigint | undefined {
  if (!/^-?\d{1,19}$/.test(json)) return undefined;
  const value = BigInt(json);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function readInt32(json: string): number | undefined {
  const value = Number(json);
  return (value | 0) === value ? value : undefined;
}

/** There is one zero. */
function readDouble(json: string): number | undefined {
  return Number.isFinite(Number(json)) && isExactDouble(json) ? Number(json) + 0 : undefined;
}

function readBoolean(json: string): boolean | undefined {
  if (json === 'true') return true;
  return json === 'false' ? false : undefined;
}

/** Reads JSON strings whose text needs no escapes. */
function ofText<T extends ParquetValue>(
  read: (text: string) => T | undefined,
): (json: string) => T | undefined {
  return (json) => read(json.slice(1, -1));
}
