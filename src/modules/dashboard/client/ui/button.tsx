import type { ComponentChildren, JSX } from 'preact';
import { Link } from 'wouter-preact';
import { Spinner } from './spinner.tsx';
import './controls.css';

export interface ButtonProps extends Omit<JSX.HTMLAttributes<HTMLButtonElement>, 'size' | 'icon'> {
  /** One `primary` on a page; `danger` for what can't be taken back. */
  kind?: 'primary' | 'default' | 'danger' | 'quiet';
  size?: 'default' | 'small';
  /** Before the text. */
  icon?: ComponentChildren;
  /** Shows that it runs and can't be pressed again. */
  pending?: boolean;
  disabled?: boolean;
  type?: 'button' | 'submit';
}

const classes = (kind: string, size: string, more: unknown): string =>
  `button button-${kind} button-${size}${typeof more === 'string' ? ` ${more}` : ''}`;

/** A button. */
export function Button({
  kind = 'default',
  size = 'default',
  icon,
  pending = false,
  disabled = false,
  type = 'button',
  children,
  class: more,
  ...rest
}: ButtonProps) {
  return (
    <button {...rest} type={type} class={classes(kind, size, more)} disabled={disabled || pending} aria-busy={pending}>
      {pending ? <Spinner /> : icon}
      {children}
    </button>
  );
}

interface ButtonLinkProps {
  /** A place in the dashboard, as `/sites`. */
  to: string;
  kind?: ButtonProps['kind'];
  size?: ButtonProps['size'];
  icon?: ComponentChildren;
  children: ComponentChildren;
}

/** Looks like a button, goes to a page. */
export function ButtonLink({ to, kind = 'default', size = 'default', icon, children }: ButtonLinkProps) {
  return (
    <Link href={to} class={classes(kind, size, undefined)}>
      {icon}
      {children}
    </Link>
  );
}
