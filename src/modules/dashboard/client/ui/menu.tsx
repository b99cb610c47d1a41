import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { EllipsisVertical } from 'lucide-preact';
import './overlays.css';

export interface MenuItem {
  title: string;
  icon?: ComponentChildren;
  onChoose: () => void;
  danger?: boolean;
  disabled?: boolean;
}

interface MenuProps {
  /** What it is for. */
  label: string;
  items: readonly (MenuItem | false | null)[];
  /** What opens it; three dots when absent. */
  trigger?: ComponentChildren;
  /** Above the items. */
  head?: ComponentChildren;
}

/** A list of things to do, behind a button. */
export function Menu({ label, items, trigger, head }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const entries = (): HTMLElement[] => [...(root.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];

  useLayoutEffect(() => {
    if (open && button.current !== null && list.current !== null) placeAt(button.current, list.current);
  }, [open]);
  useEffect(() => {
    if (!open) return undefined;
    entries()[0]?.focus({ preventScroll: true });
    const outside = (event: Event): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) setOpen(false);
    };
    const scrolled = (): void => setOpen(false);
    document.addEventListener('pointerdown', outside);
    window.addEventListener('scroll', scrolled, { capture: true, passive: true });
    window.addEventListener('resize', scrolled);
    return () => {
      document.removeEventListener('pointerdown', outside);
      window.removeEventListener('scroll', scrolled, { capture: true });
      window.removeEventListener('resize', scrolled);
    };
  }, [open]);

  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (!open) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      close();
    }
    if (event.key === 'Tab') setOpen(false);
    const all = entries();
    const at = all.findIndex((entry) => entry === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  };

  return (
    <div class="menu" ref={root} onKeyDown={onKey}>
      <button
        ref={button}
        type="button"
        class="icon-button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={id}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!open)}
      >
        {trigger ?? <EllipsisVertical class="icon" aria-hidden="true" />}
      </button>
      {open && (
        <div class="menu-list" id={id} ref={list}>
          {head !== undefined && <div class="menu-head">{head}</div>}
          <div role="menu" aria-label={label}>
            {items
              .filter((item) => item !== false && item !== null)
              .map(({ title, icon, onChoose, danger, disabled }) => (
                <button
                  key={title}
                  type="button"
                  role="menuitem"
                  class={`menu-item${danger === true ? ' menu-item-danger' : ''}`}
                  disabled={disabled === true}
                  onClick={() => {
                    close();
                    onChoose();
                  }}
                >
                  {icon}
                  {title}
                </button>
              ))}
          </div>
        </div>
      )}
    </div>
  );
}

const GAP = 4;

/** Below the button, or above it where there is no room; fixed, as tables and dialogs would cut it off. */
function placeAt(button: HTMLElement, list: HTMLElement): void {
  const { top, bottom, right } = button.getBoundingClientRect();
  const { offsetHeight: height, offsetWidth: width } = list;
  const fitsBelow = bottom + GAP + height <= window.innerHeight || top - GAP - height < 0;
  list.style.top = `${fitsBelow ? bottom + GAP : top - GAP - height}px`;
  list.style.left = `${Math.max(GAP, right - width)}px`;
}
