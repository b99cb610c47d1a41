import { CircleUser, LogOut, UserCog } from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { signOut, user } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { routes } from '../routes.tsx';
import { Menu } from '../ui/menu.tsx';

const ROLES = { viewer: 'Viewer', operator: 'Operator', admin: 'Administrator' };

/** Who is signed in, and the way out. */
export function AccountMenu() {
  const [, navigate] = useLocation();
  const leave = useAction(signOut, { errorToast: true });
  const current = user.value;
  if (current === null) return null;
  return (
    <Menu
      label="Account"
      trigger={<CircleUser class="icon" aria-hidden="true" />}
      head={
        <>
          <p class="truncate">
            <strong>{current.name}</strong>
          </p>
          <p class="muted small">{ROLES[current.role]}</p>
        </>
      }
      items={[
        routes.some(({ path }) => path === '/account') && {
          title: 'Your account',
          icon: <UserCog class="icon" aria-hidden="true" />,
          onChoose: () => navigate('/account'),
        },
        { title: 'Sign out', icon: <LogOut class="icon" aria-hidden="true" />, onChoose: () => void leave.run() },
      ]}
    />
  );
}
