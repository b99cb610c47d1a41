import type { FileHandle } from 'node:fs/promises';
import type { Report } from '../node-protocol/index.js';

/** A report as it is kept: with the time of this host instead of an age. */
export type KeptReport = Omit<Report, 'ageMs'> & { at: number };

const CHUNK = 64 * 1024;
const NEWLINE = 10;

/** The whole reports of the file from one offset to another, one a line, and their length with the line's end; up to the first that is none. */
export async function* reportsIn(
  file: FileHandle,
  from: number,
  to: number,
): AsyncGenerator<{ report: KeptReport; bytes: number }> {
  const chunk = Buffer.allocUnsafe(CHUNK);
  let rest: Buffer = Buffer.alloc(0);
  for (let at = from; at < to;) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(CHUNK, to - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    const text = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let begin = 0;
    for (let end = text.indexOf(NEWLINE); end !== -1; end = text.indexOf(NEWLINE, begin)) {
      const report = parsed(text.toString('utf8', begin, end));
      if (report === null) return;
      yield { report, bytes: end + 1 - begin };
      begin = end + 1;
    }
    rest = text.subarray(begin);
  }
}

function parsed(line: string): KeptReport | null {
  try {
    const value: unknown = JSON.parse(line);
    // Written by the outbox.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return typeof value === 'object' && value !== null && 'seq' in value ? (value as KeptReport) : null;
  } catch {
    return null;
  }
}
