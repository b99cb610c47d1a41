import type { SiteDescription } from './backup-module.js';

const MOST_NAME = 1000;
const MOST_TEXT = 4096;
const MOST_TEXTS = 100;
/** Characters of all facts. */
const MOST_FACTS = 32_768;

/** A site's description as another host sent it, checked and bounded; null for what is none. */
export function descriptionOf(value: unknown): SiteDescription | null {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('path' in value)) return null;
  const { name, path } = value;
  if (typeof name !== 'string' || typeof path !== 'string' || path.length > MOST_TEXT) return null;
  const url = 'url' in value && typeof value.url === 'string' && value.url.length <= MOST_TEXT ? value.url : null;
  const told = 'facts' in value && typeof value.facts === 'object' ? { ...value.facts } : {};
  const facts = JSON.stringify(told).length <= MOST_FACTS ? told : {};
  const [unknown, warnings] = [
    'unknown' in value ? textsOf(value.unknown) : [],
    'warnings' in value ? textsOf(value.warnings) : [],
  ];
  return { name: name.slice(0, MOST_NAME), url, path, facts, unknown, warnings };
}

function textsOf(value: unknown): string[] {
  const texts = Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
  return texts.slice(0, MOST_TEXTS).map((text) => text.slice(0, MOST_TEXT));
}
