import { AppError } from '../../../common/errors/index.js';

/** What a pattern kept out. */
export interface Excluded {
  pattern: string;
  files: number;
  bytes: number;
}

interface Rule {
  regex: RegExp;
  foldersOnly: boolean;
  /** Number of components of the paths that it matches; null when it has `**`. */
  depth: number | null;
  /** Matches the folder in which such paths lie. */
  folder: RegExp;
  count: Excluded;
}

/** The patterns that can match in one folder. */
export interface FolderRules {
  /** The count of the first pattern that keeps this path out, or null. The path is latin1 text of its bytes, `/a/b`. */
  match(path: string, isFolder: boolean): Excluded | null;
}

/**
 * Anchored exclude patterns, matched against the path from the root of the site, as bytes. `/wp-content/cache` is that one
 * entry with all in it; `*` and `?` stay within a name; `**` spans folders; a slash at the end: folders only.
 */
export class ExcludeList implements FolderRules {
  private readonly rules: Rule[];
  readonly counts: Excluded[];

  /** Throws EXCLUDE_PATTERN_INVALID for a pattern that does not begin with a slash or leads nowhere. */
  constructor(patterns: readonly string[]) {
    this.rules = [...new Set(patterns)].map(compile);
    this.counts = this.rules.map((rule) => rule.count);
  }

  match(path: string, isFolder: boolean): Excluded | null {
    return matchFirst(this.rules, path, isFolder);
  }

  /** The patterns that can match something right in this folder (latin1 text, `/a/b`; the root is empty); null when none can. */
  within(folder: string): FolderRules | null {
    const depth = folder.split('/').length;
    const rules = this.rules.filter(
      (rule) => rule.depth === null || (rule.depth === depth && rule.folder.test(folder)),
    );
    return rules.length === 0 ? null : { match: (path, isFolder) => matchFirst(rules, path, isFolder) };
  }
}

function matchFirst(rules: readonly Rule[], path: string, isFolder: boolean): Excluded | null {
  const first = rules.find((rule) => (isFolder || !rule.foldersOnly) && rule.regex.test(path));
  return first?.count ?? null;
}

function compile(pattern: string): Rule {
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
  return {
    regex: anchored(source),
    foldersOnly: pattern.endsWith('/'),
    depth: parts.includes('**') ? null : parts.length,
    folder: anchored(source.slice(0, -1)),
    count: { pattern, files: 0, bytes: 0 },
  };
}

function anchored(source: readonly string[]): RegExp {
  return new RegExp(`^${source.join('')}$`, 's');
}
