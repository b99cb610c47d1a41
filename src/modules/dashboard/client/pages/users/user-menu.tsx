import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { user as signedIn } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { Menu } from '../../ui/menu.tsx';
import type { HandedLink } from './users-tab.tsx';

const USERS = ['users'];

interface UserMenuProps {
  user: Dto<'UserDto'>;
  onLink: (link: HandedLink) => void;
}

/** What is done to a user now and then. */
export function UserMenu({ user, onLink }: UserMenuProps) {
  const [asking, setAsking] = useState<'reset' | 'factor' | 'sign out' | 'disable' | 'remove' | null>(null);
  const close = (): void => setAsking(null);
  const { id, name, disabled, secondFactor } = user;
  const params = { path: { id } };
  const isSelf = id === signedIn.value?.id;

  const enable = useAction(() => ask(api.PATCH('/users/{id}', { params, body: { disabled: false } })), {
    success: `${name} may sign in again.`,
    invalidates: ['users'],
    errorToast: true,
  });
  return (
    <>
      <Menu
        label={`More for ${name}`}
        items={[
          { title: 'Make a link for a new password', onChoose: () => setAsking('reset') },
          secondFactor && !isSelf && { title: 'Remove the second factor', onChoose: () => setAsking('factor') },
          !isSelf && { title: 'Sign out everywhere', onChoose: () => setAsking('sign out') },
          !isSelf && !disabled && { title: 'Disable', onChoose: () => setAsking('disable') },
          disabled && { title: 'Enable', onChoose: () => void enable.run() },
          !isSelf && { title: 'Remove', danger: true, onChoose: () => setAsking('remove') },
        ]}
      />
      {asking === 'reset' && (
        <ConfirmAction
          invalidates={USERS}
          title={`New password for ${name}`}
          action="Make the link"
          act={async () => onLink({ name, link: await ask(api.POST('/users/{id}/password-reset', { params })) })}
          onClose={close}
        >
          <p>You get a link to hand over. The present password holds until the link is used.</p>
        </ConfirmAction>
      )}
      {asking === 'factor' && (
        <ConfirmAction
          invalidates={USERS}
          title={`Remove the second factor of ${name}`}
          action="Remove it"
          success="The second factor is removed."
          danger
          act={() => ask(api.DELETE('/users/{id}/second-factor', { params }))}
          onClose={close}
        >
          <p>For who lost the app and the recovery codes. The password alone signs {name} in then.</p>
        </ConfirmAction>
      )}
      {asking === 'sign out' && (
        <ConfirmAction
          invalidates={USERS}
          title={`Sign ${name} out everywhere`}
          action="Sign out"
          success={`${name} is signed out everywhere.`}
          act={() => ask(api.DELETE('/users/{id}/sessions', { params }))}
          onClose={close}
        >
          <p>All browsers of {name} have to sign in again.</p>
        </ConfirmAction>
      )}
      {asking === 'disable' && (
        <ConfirmAction
          invalidates={USERS}
          title={`Disable ${name}`}
          action="Disable"
          success={`${name} can’t sign in any more.`}
          danger
          act={() => ask(api.PATCH('/users/{id}', { params, body: { disabled: true } }))}
          onClose={close}
        >
          <p>{name} is signed out everywhere and can’t sign in until you enable the account again.</p>
        </ConfirmAction>
      )}
      {asking === 'remove' && (
        <ConfirmAction
          invalidates={USERS}
          title={`Remove ${name}`}
          action="Remove the user"
          success={`${name} is removed.`}
          typedName={name}
          danger
          act={() => ask(api.DELETE('/users/{id}', { params }))}
          onClose={close}
        >
          <p>
            The account is gone for good, and {name} is signed out everywhere. What {name} did stays in the activity
            log.
          </p>
        </ConfirmAction>
      )}
    </>
  );
}
