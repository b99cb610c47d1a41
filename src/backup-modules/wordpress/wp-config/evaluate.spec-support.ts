import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { useTempFolder } from '../../../engine/testing/index.js';
import { evaluateConfig, type EvaluatedConfig, type EvaluateOptions } from './evaluate.js';

/** What a file of tests works with: the root of the site whose configuration is read, fresh for each test. */
export interface ConfigSite {
  /** The root, or a path below it. */
  root: (...parts: string[]) => string;
  /** Writes a file of the site; its path. */
  write: (name: string, content: string | Buffer) => string;
  /** The answer for a `wp-config.php` with this code. */
  evaluate: (code: string | Buffer, options?: Partial<EvaluateOptions>) => EvaluatedConfig;
}

/** Called once by each file of tests: its hooks are those of the file. */
export function useConfigSite(): ConfigSite {
  const root = useTempFolder('config');
  const write = (name: string, content: string | Buffer): string => {
    const path = root(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  return {
    root,
    write,
    evaluate: (code, options = {}) =>
      evaluateConfig(write('wp-config.php', code), {
        roots: [root()],
        constants: { ABSPATH: `${root()}/` },
        ...options,
      }),
  };
}

/** A constant's value; `?<line>` when it is not known. */
export const value = (config: EvaluatedConfig, name: string): unknown => {
  const found = config.constant(name);
  return found === undefined ? undefined : found.known ? found.value : `?${found.line}`;
};
