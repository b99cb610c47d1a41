import type { ComponentChildren } from 'preact';

interface EmptyStateProps {
  icon: ComponentChildren;
  title: string;
  /** What to do, in a sentence. */
  children: ComponentChildren;
  /** The one thing to do. */
  action?: ComponentChildren;
}

/** A list with nothing in it. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div class="empty">
      {icon}
      <p class="empty-title">{title}</p>
      <p>{children}</p>
      {action !== undefined && <div class="row">{action}</div>}
    </div>
  );
}
