import type { Role } from '../api/session.ts';

/** What each role may do, for a person. */
export const ROLES: Record<Role, { title: string; about: string }> = {
  viewer: { title: 'Viewer', about: 'Looks at everything, changes nothing.' },
  operator: { title: 'Operator', about: 'Also backs up, restores and runs checks.' },
  admin: { title: 'Administrator', about: 'Also manages sites, storages, schedules, users and settings.' },
};

export const ROLE_NAMES: readonly Role[] = ['viewer', 'operator', 'admin'];

/** The role with what it may do, as a select's text. */
export function roleOptions(): { value: Role; title: string }[] {
  return ROLE_NAMES.map((value) => ({ value, title: ROLES[value].title }));
}
