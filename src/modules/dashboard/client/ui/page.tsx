import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface PageProps {
  /** Head line, and title of the browser's tab. */
  title: string;
  /** Before it: where one is, as links. */
  above?: ComponentChildren;
  /** Below it, in a line. */
  about?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** The frame of every page: tab title, head line (which gets the focus), its actions, and the parts below each other. */
export function Page({ title, above, about, actions, children }: PageProps) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · backupd`;
  }, [title]);
  useEffect(() => {
    head.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, []);
  return (
    <div class="page stack">
      <header class="page-head">
        {above !== undefined && (
          <nav class="small" aria-label="Where you are">
            {above}
          </nav>
        )}
        <div class="row row-between">
          <h1 ref={head} tabIndex={-1}>
            {title}
          </h1>
          {actions !== undefined && <div class="row">{actions}</div>}
        </div>
        {about !== undefined && <p class="muted">{about}</p>}
      </header>
      {children}
    </div>
  );
}
