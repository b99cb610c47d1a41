import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Ellipsis, X } from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { IconButton } from '../ui/icon-button.tsx';
import { AccountMenu } from './account-menu.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { LiveState, OfflineBanner } from './live-state.tsx';
import { Navigation, NavLink, shownRoutes } from './navigation.tsx';
import { SiteSearch } from './site-search.tsx';
import { ThemeMenu } from './theme-menu.tsx';
import './shell.css';

/** What is around every page: navigation at the left (at the bottom on phones), the bar above, the page. */
export function Shell({ children }: { children: ComponentChildren }) {
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <aside class="side">
        <Navigation />
      </aside>
      <div class="shell-main">
        <header class="bar">
          <SiteSearch />
          <div class="bar-end">
            <LiveState />
            <ThemeMenu />
            <AccountMenu />
          </div>
        </header>
        <OfflineBanner />
        <main ref={main} tabIndex={-1}>
          <ErrorBoundary place={location}>{children}</ErrorBoundary>
        </main>
      </div>
      <PhoneBar place={location} />
    </div>
  );
}

/** The main entries at the bottom of phones, and a drawer with all of them. */
function PhoneBar({ place }: { place: string }) {
  const [open, setOpen] = useState(false);
  const drawer = useRef<HTMLDialogElement>(null);
  useEffect(() => setOpen(false), [place]);
  useEffect(() => {
    if (open) drawer.current?.showModal();
    else drawer.current?.close();
  }, [open]);
  return (
    <>
      <nav class="phone-bar" aria-label="Main, short">
        {shownRoutes()
          .filter(({ nav }) => nav.onPhone === true)
          .map((route) => (
            <NavLink key={route.path} route={route} className="phone-link" />
          ))}
        <button type="button" class="phone-link" aria-haspopup="dialog" onClick={() => setOpen(true)}>
          <Ellipsis class="icon" aria-hidden="true" />
          <span>More</span>
        </button>
      </nav>
      <dialog ref={drawer} class="drawer" aria-label="All pages" onClose={() => setOpen(false)}>
        <IconButton label="Close" icon={<X class="icon" aria-hidden="true" />} onClick={() => setOpen(false)} />
        {open && <Navigation onChoose={() => setOpen(false)} />}
      </dialog>
    </>
  );
}
