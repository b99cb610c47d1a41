import type { Response } from 'express';
import { AppError } from '../../common/errors/index.js';

/** First byte and length of what is asked for. */
export interface AskedRange {
  offset: number;
  length: number;
  isPart: boolean;
}

/** Reads `Range: bytes=a-b`, one range. What is not understood is as if it were not there. Error: RANGE_INVALID. */
export function askedRange(header: string | undefined, size: number): AskedRange {
  const found = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(header?.trim() ?? '');
  const [, from = '', to = ''] = found ?? [];
  if (from === '' && to === '') return { offset: 0, length: size, isPart: false };
  const offset = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  if (offset >= size || end <= offset) throw rangeInvalid(size);
  return { offset, length: end - offset, isPart: true };
}

/** Status and headers of an answer with that range. */
export function writeRangeHead(response: Response, { offset, length, isPart }: AskedRange, size: number): void {
  response.status(isPart ? 206 : 200);
  response.setHeader('Content-Type', 'application/octet-stream');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Length', String(length));
  if (isPart) response.setHeader('Content-Range', `bytes ${offset}-${offset + length - 1}/${size}`);
}

function rangeInvalid(size: number): AppError {
  return new AppError({
    code: 'RANGE_INVALID',
    kind: 'usage',
    message: `The range lies outside of the object, which has ${size} bytes.`,
    retry: 'never',
    context: { size },
  });
}
