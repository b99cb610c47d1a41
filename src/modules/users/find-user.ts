import { type EntityManager, raw } from '@mikro-orm/postgresql';
import { User } from './user.entity.js';

/** The user with this name or e-mail address, whatever the case. */
export function findUser(em: EntityManager, text: string): Promise<User | null> {
  const lower = text.trim().toLowerCase();
  return em.findOne(User, { $or: [{ [raw('lower(name)')]: lower }, { [raw('lower(email)')]: lower }] });
}
