import { computed, signal } from '@preact/signals';
import { api, ask, type Dto, whenSignedOut } from './client.ts';

export type Role = Dto<'Role'>;
export type Session = Dto<'SessionDto'>;
export type SessionUser = NonNullable<Session['user']>;

/** Who is signed in; null = not asked yet. */
export const session = signal<Session | null>(null);
export const user = computed(() => session.value?.user ?? null);

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** Whether the user's role is at least this one. Reads a signal: components that ask it follow changes. */
export function may(role: Role): boolean {
  const current = user.value;
  return current !== null && RANK[current.role] >= RANK[role];
}

/** Whether the user may see what concerns the whole server, and not only some sites. */
export function mayWholeServer(): boolean {
  return user.value !== null && user.value.restriction === null;
}

whenSignedOut(() => {
  if (session.value !== null) session.value = { ...session.value, user: null };
});

/** Asks who is signed in. Error: Problem. */
export async function loadSession(): Promise<void> {
  session.value = await ask(api.GET('/session'));
}

/** Errors: LOGIN_INVALID, SECOND_FACTOR_NEEDED, SECOND_FACTOR_INVALID, TOO_MANY_FAILED_LOGINS. */
export async function signIn(name: string, password: string, code?: string): Promise<void> {
  session.value = await ask(
    api.POST('/session', { body: { name, password, ...(code === undefined ? {} : { code }) } }),
  );
}

/** The server forgets the session; the page forgets what it has shown. */
export async function signOut(): Promise<void> {
  await ask(api.DELETE('/session'));
  location.hash = '#/';
  location.reload();
}

/** Makes the first account, an admin, and signs in. Errors: SETUP_CODE_INVALID, SETUP_DONE, PASSWORD_WEAK. */
export async function setUp(account: { code: string; name: string; password: string; email?: string }): Promise<void> {
  session.value = await ask(api.POST('/session/setup', { body: account }));
}

/** Sends a link by e-mail if there is such an account; says nothing about whether there is. */
export async function askForReset(name: string): Promise<void> {
  await ask(api.POST('/session/password-resets', { body: { name } }));
}

/** Errors: RESET_TOKEN_INVALID, PASSWORD_WEAK. */
export async function resetPassword(token: string, password: string): Promise<void> {
  await ask(api.PUT('/session/password-resets', { body: { token, password } }));
}
