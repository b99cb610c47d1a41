import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Logo } from './logo.tsx';
import { OfflineBanner } from './live-state.tsx';
import { ThemeMenu } from './theme-menu.tsx';
import './shell.css';

interface EntryFrameProps {
  title: string;
  wide?: boolean;
  children: ComponentChildren;
}

/** What is around the pages of who is not signed in yet. */
export function EntryFrame({ title, wide = false, children }: EntryFrameProps) {
  useEffect(() => {
    document.title = `${title} · backupd`;
  }, [title]);
  return (
    <div class="entry">
      <header class="entry-head">
        <span class="nav-brand">
          <Logo />
          <span>backupd</span>
        </span>
        <ThemeMenu />
      </header>
      <OfflineBanner />
      <main class={`entry-main${wide ? ' entry-wide' : ''}`}>{children}</main>
    </div>
  );
}
