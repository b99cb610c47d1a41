import { useEffect, useRef } from 'preact/hooks';
import { Link } from 'wouter-preact';
import './surfaces.css';

interface LinkTabsProps {
  /** What they choose between. */
  label: string;
  tabs: readonly { to: string; title: string }[];
  /** The `to` of the current one. */
  current: string;
}

/** Tabs that are addresses: each can be linked to, and Back goes to the one before. */
export function LinkTabs({ label, tabs, current }: LinkTabsProps) {
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current]);
  return (
    <nav class="tabs" aria-label={label} ref={list}>
      {tabs.map(({ to, title }) => (
        <Link key={to} href={to} class="tab" {...(to === current ? { 'aria-current': 'page' } : {})}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
