import type { SiteDescription } from './backup-module.js';

/** A site's description as another host sent it, checked; null for what is none. */
export function descriptionOf(value: unknown): SiteDescription | null {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('path' in value)) return null;
  const { name, path } = value;
  if (typeof name !== 'string' || typeof path !== 'string') return null;
  const url = 'url' in value && typeof value.url === 'string' ? value.url : null;
  const facts = 'facts' in value && typeof value.facts === 'object' ? { ...value.facts } : {};
  const [unknown, warnings] = [
    'unknown' in value ? textsOf(value.unknown) : [],
    'warnings' in value ? textsOf(value.warnings) : [],
  ];
  return { name, url, path, facts, unknown, warnings };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
