import type { CreatedUserDto, CreateUserDto } from '../../../src/modules/users/dto/user.dto.js';
import type { TestApp } from '../core/test-app.js';
import { TestBrowser } from './browser.js';

/** Fit for every user of the tests. */
export const PASSWORD = 'correct horse battery staple';

type NewUser = Pick<CreateUserDto, keyof CreateUserDto>;

/** Makes a user. */
export function makeUser(test: TestApp, user: NewUser): Promise<CreatedUserDto> {
  return test.admin.post<CreatedUserDto>('/users', Object.assign({ password: PASSWORD }, user));
}

/** A browser in which a new user has signed in. */
export async function signedIn(test: TestApp, user: NewUser): Promise<TestBrowser & { userId: string }> {
  const { id } = await makeUser(test, user);
  const browser = new TestBrowser(test.admin.url);
  await browser.login(user.name, PASSWORD);
  return Object.assign(browser, { userId: id });
}
