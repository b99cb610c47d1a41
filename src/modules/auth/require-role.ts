import { mayAct, type Principal, type Role } from '../../common/http/index.js';
import { roleTooLow } from './auth.errors.js';

/** For what needs a higher role than its route, by what is asked. Error: ROLE_TOO_LOW. */
export function requireRole({ role }: Principal, needed: Role): void {
  if (!mayAct(role, needed)) throw roleTooLow(role, needed);
}
