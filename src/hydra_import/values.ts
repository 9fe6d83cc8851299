import { isObject, type Json, type JsonObject, parseJson } from '../lib/json.ts';
import type { HydraRow } from '../store/hydra/database.ts';

/** Why a row is not carried over: words that many rows share. */
export class Unfit extends Error {}

export const text = (row: HydraRow, column: string): string => row[column] ?? '';

export function required(row: HydraRow, column: string): string {
  const value = text(row, column);
  if (value === '') throw new Unfit(`has no ${column}`);
  return value;
}

/** `true` in PostgreSQL, `1` elsewhere. */
export const flag = (row: HydraRow, column: string): boolean => /^(1|t|true)$/i.test(text(row, column));

export function integer(row: HydraRow, column: string): number {
  const value = text(row, column);
  if (!/^-?\d{0,15}$/.test(value)) throw new Unfit(`has a ${column} that is no number`);
  return Number(value);
}

/** `2026-01-31 12:00:00.5`, in UTC unless it says otherwise: SQL, RFC 3339, and what Go prints. */
const MOMENT = /^(\d{4})(-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?(?:Z|([+-]\d\d):?(\d\d)?)?/;

/** Seconds since 1970; null for none, which Go also writes as the year 1. */
export function momentOf(value: string): number | null {
  if (value === '') return null;
  const [, year = '', day = '', time = '', hours = '+00', minutes = '00'] = MOMENT.exec(value) ?? [];
  const moment = Date.parse(`${year}${day}T${time}${hours}:${minutes}`);
  if (Number.isNaN(moment)) throw new Unfit('has a time that cannot be read');
  return Number(year) <= 1 ? null : moment / 1000;
}

export const moment = (row: HydraRow, column: string): number | null => momentOf(text(row, column));

export function requiredMoment(row: HydraRow, column: string): number {
  const value = moment(row, column);
  if (value === null) throw new Unfit(`has no ${column}`);
  return value;
}

/** Null where there is nothing. */
export function json(row: HydraRow, column: string): Json {
  const value = text(row, column);
  if (value === '') return null;
  try {
    return parseJson(Buffer.from(value));
  } catch {
    throw new Unfit(`has a ${column} that is not JSON`);
  }
}

export function object(row: HydraRow, column: string): JsonObject {
  const value = json(row, column);
  return isObject(value) ? value : {};
}

export function texts(row: HydraRow, column: string): string[] | null {
  const value = json(row, column);
  if (value === null) return null;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value as string[];
  throw new Unfit(`has a ${column} that is no list of texts`);
}

/** Lists of the tables of tokens. */
export const piped = (row: HydraRow, column: string): string[] =>
  text(row, column)
    .split('|')
    .filter((entry) => entry !== '');

/** RFC 3339, as clients show it. */
export const timeText = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
