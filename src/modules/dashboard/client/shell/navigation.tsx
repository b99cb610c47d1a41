import { Link, useLocation } from 'wouter-preact';
import { mayOpen, type NavEntry, type Route, routes } from '../routes.tsx';
import { Logo } from './logo.tsx';

type Shown = Route & { nav: NavEntry };

const GROUPS = [
  ['watch', null],
  ['set up', 'Set up'],
  ['administer', 'Administer'],
] as const;

/** Entries that this user may use. */
export function shownRoutes(): Shown[] {
  return routes.filter((route): route is Shown => route.nav !== undefined && mayOpen(route.nav));
}

/** The left side; a drawer on phones. */
export function Navigation({ onChoose }: { onChoose?: () => void }) {
  const all = shownRoutes();
  return (
    <nav class="nav" aria-label="Main">
      <Link href="/" class="nav-brand" onClick={onChoose}>
        <Logo />
        <span>backupd</span>
      </Link>
      {GROUPS.map(([group, title]) => {
        const entries = all.filter(({ nav }) => nav.group === group);
        if (entries.length === 0) return null;
        return (
          <div key={group} class="nav-group">
            {title !== null && <p class="nav-title">{title}</p>}
            <ul>
              {entries.map((route) => (
                <li key={route.path}>
                  <NavLink route={route} onChoose={onChoose} className="nav-link" />
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}

interface NavLinkProps {
  route: Shown;
  className: string;
  onChoose?: (() => void) | undefined;
}

export function NavLink({ route: { path, nav }, className, onChoose }: NavLinkProps) {
  const [location] = useLocation();
  const isCurrent = path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);
  const Icon = nav.icon;
  return (
    <Link href={path} class={className} onClick={onChoose} {...(isCurrent ? { 'aria-current': 'page' } : {})}>
      <Icon class="icon" aria-hidden="true" />
      <span>{nav.title}</span>
    </Link>
  );
}
