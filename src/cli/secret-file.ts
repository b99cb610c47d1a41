import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { errnoOf } from '../common/errors/index.js';
import { usageError } from './exit-codes.js';
import { printable } from './format.js';
import type { Output } from './output.js';

/** The bytes of a file; `-` is the input. */
export async function fileBytes(file: string, { terminal }: Output): Promise<Buffer> {
  if (file === '-') return buffer(terminal.stdin);
  try {
    return readFileSync(file);
  } catch (error) {
    throw usageError(`The file ${printable(file)} can't be read (${errnoOf(error) ?? 'unknown error'}).`);
  }
}

/** A secret from a file (`-`: the input), without the line end an editor leaves. Secrets never stand in the arguments: others see those. */
export async function secretFile(file: string, output: Output): Promise<string> {
  return (await fileBytes(file, output)).toString('utf8').replace(/\r?\n$/, '');
}
