import { quoteIdentifier } from '../mysql/index.js';

/**
 * The views in an order in which each comes after those it names. The dump programs sort by name, and then a view
 * WITH CHECK OPTION on one that is still a stand-in is refused. Views cannot name each other in a circle.
 */
export function inDependencyOrder<View extends { name: string; text: Buffer }>(views: readonly View[]): View[] {
  const byName = new Map(views.map((view) => [view.name, view]));
  const ordered: View[] = [];
  const seen = new Set<string>();
  const visit = (view: View): void => {
    if (seen.has(view.name)) return;
    seen.add(view.name);
    for (const [name, other] of byName) {
      if (name !== view.name && view.text.includes(quoteIdentifier(name))) visit(other);
    }
    ordered.push(view);
  };
  for (const view of views) visit(view);
  return ordered;
}
