import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { useTempFolder } from '../../../engine/testing/index.js';
import { evaluateConfig, type EvaluatedConfig, type EvaluateOptions } from './evaluate.js';

/** The root of the site whose configuration is read, fresh for each test; or a path below it. */
export const root = useTempFolder('config');

/** Writes a file of the site; its path. */
export function write(name: string, content: string | Buffer): string {
  const path = root(name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** The answer for a `wp-config.php` with this code. */
export const evaluate = (code: string | Buffer, options: Partial<EvaluateOptions> = {}): EvaluatedConfig =>
  evaluateConfig(write('wp-config.php', code), { roots: [root()], constants: { ABSPATH: `${root()}/` }, ...options });

/** A constant's value; `?<line>` when it is not known. */
export const value = (config: EvaluatedConfig, name: string): unknown => {
  const found = config.constant(name);
  return found === undefined ? undefined : found.known ? found.value : `?${found.line}`;
};
