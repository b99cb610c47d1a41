import { AppError } from '../../../common/errors/index.js';

/** What a pattern kept out. */
export interface Excluded {
  pattern: string;
  files: number;
  bytes: number;
}

/**
 * Anchored exclude patterns, matched against the path from the root of the site, as bytes. `/wp-content/cache` is that one
 * entry with all in it; `*` and `?` stay within a name; `**` spans folders; a slash at the end: folders only.
 */
export class ExcludeList {
  private readonly rules: { pattern: string; regex: RegExp; foldersOnly: boolean }[];
  readonly counts: Excluded[];

  /** Throws EXCLUDE_PATTERN_INVALID for a pattern that does not begin with a slash or leads nowhere. */
  constructor(patterns: readonly string[]) {
    const unique = [...new Set(patterns)];
    this.rules = unique.map((pattern) => ({ pattern, regex: compile(pattern), foldersOnly: pattern.endsWith('/') }));
    this.counts = unique.map((pattern) => ({ pattern, files: 0, bytes: 0 }));
  }

  /** The count of the first pattern that keeps this path out, or null. The path is latin1 text of its bytes, `/a/b`. */
  match(path: string, isFolder: boolean): Excluded | null {
    const index = this.rules.findIndex((rule) => (isFolder || !rule.foldersOnly) && rule.regex.test(path));
    return this.counts[index] ?? null;
  }
}

function compile(pattern: string): RegExp {
  const body = pattern.endsWith('/') ? pattern.slice(0, -1) : pattern;
  const parts = body.split('/').slice(1);
  const bad = parts.length === 0 || parts.some((part) => part === '' || part === '.' || part === '..');
  if (!body.startsWith('/') || bad) {
    throw new AppError({
      code: 'EXCLUDE_PATTERN_INVALID',
      kind: 'usage',
      message: `The exclude pattern ${JSON.stringify(pattern)} is not anchored at the site's root.`,
      hint: 'Begin it with a slash, as in /wp-content/cache; use /**/name for a name at any depth.',
      retry: 'never',
      context: { pattern },
    });
  }
  const source = parts.map((part, i) => {
    if (part === '**') return i === parts.length - 1 ? '/.+' : '(?:/[^/]+)*';
    return `/${Buffer.from(part)
      .toString('latin1')
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '[^/]*')
      .replaceAll('?', '[^/]')}`;
  });
  return new RegExp(`^${source.join('')}$`, 's');
}
