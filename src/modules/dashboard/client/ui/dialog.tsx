import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { X } from 'lucide-preact';
import { IconButton } from './icon-button.tsx';
import './overlays.css';

interface DialogProps {
  title: string;
  onClose: () => void;
  wide?: boolean;
  /** Its buttons, at the end. */
  footer?: ComponentChildren;
  children: ComponentChildren;
}

/** A modal dialog; it is open as long as it is rendered. Esc and the cross close it. */
export function Dialog({ title, onClose, wide = false, footer, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return undefined;
    const before = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={`dialog${wide ? ' dialog-wide' : ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <IconButton label="Close" icon={<X class="icon" aria-hidden="true" />} onClick={onClose} />
      </div>
      <div class="dialog-body">
        {children}
        {footer !== undefined && <div class="dialog-foot">{footer}</div>}
      </div>
    </dialog>
  );
}
