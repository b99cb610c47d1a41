import type { ComponentChildren, JSX } from 'preact';

interface IconButtonProps extends Omit<JSX.HTMLAttributes<HTMLButtonElement>, 'icon' | 'label'> {
  /** What it does, for screen readers and as a tooltip. */
  label: string;
  icon: ComponentChildren;
  disabled?: boolean;
}

/** A button with an icon alone. */
export function IconButton({ label, icon, ...rest }: IconButtonProps) {
  return (
    <button type="button" {...rest} class="icon-button" aria-label={label} title={label}>
      {icon}
    </button>
  );
}
