/** A label: lower case letters, digits, `.`, `_`, `-`. */
export const LABEL = /^[a-z0-9][a-z0-9._-]{0,49}$/;
export const MAX_LABELS = 20;

/** Labels as they are kept: in lower case, once each, sorted; what can't be one is left out. */
export function cleanLabels(given: readonly string[]): string[] {
  const labels = given.map((label) => label.trim().toLowerCase()).filter((label) => LABEL.test(label));
  return [...new Set(labels)].toSorted().slice(0, MAX_LABELS);
}
