import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface CardProps {
  title?: ComponentChildren;
  /** At the right of the title. */
  actions?: ComponentChildren;
  /** Its content touches the edges: tables and lists. */
  flush?: boolean;
  children: ComponentChildren;
}

/** A part of a page. */
export function Card({ title, actions, flush = false, children }: CardProps) {
  const id = useId();
  return (
    <section class="card" {...(title === undefined ? {} : { 'aria-labelledby': id })}>
      {title !== undefined && (
        <div class="card-head">
          <h2 id={id}>{title}</h2>
          {actions}
        </div>
      )}
      <div class={flush ? (title === undefined ? '' : 'card-flush') : 'card-body'}>{children}</div>
    </section>
  );
}
