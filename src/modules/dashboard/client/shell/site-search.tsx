import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Search } from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { api, ask } from '../api/client.ts';
import { useQuery } from '../api/use-query.ts';

const SHOWN = 8;
const PAUSE_MS = 180;

/** Finds a site by name, path or address and goes there. `/` and Ctrl-K put the cursor into it. */
export function SiteSearch() {
  const [, navigate] = useLocation();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();

  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isShortcut =
        (event.key === 'k' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && !isTyping(event));
      if (!isShortcut || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  const found = useQuery(
    `sites?search=${asked}&limit=${SHOWN}`,
    (signal) => ask(api.GET('/sites', { params: { query: { search: asked, limit: SHOWN } }, signal })),
    { enabled: asked !== '', keepPrevious: true },
  );
  const sites = asked === '' ? [] : (found.data?.items ?? []);
  const isOpen = open && asked !== '';

  const go = (siteId: string | undefined): void => {
    if (siteId === undefined) return;
    setOpen(false);
    setText('');
    input.current?.blur();
    navigate(`/sites/${siteId}`);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') setOpen(false);
    if (event.key === 'Enter' && isOpen) go(sites[at]?.id);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || sites.length === 0) return;
    event.preventDefault();
    setAt((at + step + sites.length) % sites.length);
  };

  return (
    <search class="site-search" onKeyDown={onKey}>
      <Search class="icon icon-small" aria-hidden="true" />
      <input
        ref={input}
        type="search"
        class="input"
        role="combobox"
        placeholder="Go to a site"
        aria-label="Go to a site"
        aria-keyshortcuts="/ Control+K"
        aria-expanded={isOpen}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && sites.length > 0 ? `${id}-${at}` : undefined}
        value={text}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
          setAt(0);
        }}
      />
      <kbd aria-hidden="true">/</kbd>
      <div class="site-search-list" id={id} role="listbox" aria-label="Sites" hidden={!isOpen}>
        {sites.map((site, index) => (
          <div
            key={site.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            // The input keeps the focus, else the list would close before the click.
            onPointerDown={(event) => {
              event.preventDefault();
              go(site.id);
            }}
          >
            <span class="truncate">{site.name}</span>
            <span class="muted small truncate">{site.url ?? site.path}</span>
          </div>
        ))}
        {sites.length === 0 && found.data !== undefined && !found.stale && (
          <p class="muted small">No site has “{asked}” in its name, path or address.</p>
        )}
      </div>
    </search>
  );
}

function isTyping(event: KeyboardEvent): boolean {
  return event.target instanceof HTMLElement && event.target.matches('input, textarea, select, [contenteditable]');
}
