import { mirrorAnswerInvalid, mirrorDatabaseNotFound, mirrorRefused, mirrorTokenRefused } from '../mirror.errors.js';

/** A row as D1 gives it. */
export type D1Row = Readonly<Record<string, unknown>>;

/** Cloudflare's envelope `{success, errors, result}`: the rows of each result, or what was wrong. */
export function readEnvelope(status: number, text: string): D1Row[][] {
  const envelope = parse(text);
  const detail = envelope === null ? 'no reason given' : detailOf(envelope);
  if (status === 401 || status === 403) throw mirrorTokenRefused(status, detail);
  if (status === 404) throw mirrorDatabaseNotFound(detail);
  if (envelope === null || typeof envelope['success'] !== 'boolean')
    throw mirrorAnswerInvalid(`status ${status}, no JSON of the documented form`);
  // A token of the wrong form is told with status 400.
  if (status === 400 && codesOf(envelope).some((code) => [6003, 6111, 9109, 10000].includes(code)))
    throw mirrorTokenRefused(status, detail);
  if (status >= 300 || !envelope['success']) throw mirrorRefused(status, detail);
  const result = envelope['result'];
  return (Array.isArray(result) ? result : []).map((part: unknown) => {
    if (!isRow(part) || part['success'] === false) throw mirrorRefused(status, detail);
    const rows = part['results'];
    if (!Array.isArray(rows) || !rows.every(isRow)) throw mirrorAnswerInvalid('a result has no rows');
    return rows;
  });
}

/** A field that must be a text. */
export function textIn(row: D1Row, field: string): string {
  const value = row[field];
  if (typeof value !== 'string') throw mirrorAnswerInvalid(`${field} is not a text`);
  return value;
}

/** A field that must be a whole number. */
export function countIn(row: D1Row | undefined, field: string): number {
  const value = row?.[field];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw mirrorAnswerInvalid(`${field} is not a number`);
  return value;
}

const isRow = (value: unknown): value is D1Row => typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): D1Row | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRow(value) ? value : null;
  } catch {
    return null;
  }
}

function errorsOf(envelope: D1Row): D1Row[] {
  const errors = envelope['errors'];
  return Array.isArray(errors) ? errors.filter(isRow) : [];
}

const codesOf = (envelope: D1Row): number[] =>
  errorsOf(envelope).flatMap(({ code }) => (typeof code === 'number' ? [code] : []));

function detailOf(envelope: D1Row): string {
  const messages = errorsOf(envelope).map(({ message }) => (typeof message === 'string' ? message : ''));
  return (
    messages
      .filter((message) => message !== '')
      .join('; ')
      .slice(0, 300) || 'no reason given'
  );
}
