import { groupName, userName } from '../../native/posix.js';

/** Names of owners, each looked up once. */
export class OwnerNames {
  private readonly users = new Map<number, string | null>();
  private readonly groups = new Map<number, string | null>();

  /** The names that exist, as fields of a manifest entry. */
  of(uid: number, gid: number): { user?: string; group?: string } {
    const user = remembered(this.users, uid, userName);
    const group = remembered(this.groups, gid, groupName);
    return { ...(user === null ? {} : { user }), ...(group === null ? {} : { group }) };
  }
}

function remembered(names: Map<number, string | null>, id: number, look: (id: number) => string | null): string | null {
  const known = names.get(id);
  if (known !== undefined) return known;
  const name = look(id);
  names.set(id, name);
  return name;
}
