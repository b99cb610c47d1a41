const VERSION = 2;
const ENTRY_BYTES = 8;
const TAGS: Readonly<Record<number, string>> = {
  0x01: 'user',
  0x02: 'user',
  0x04: 'group',
  0x08: 'group',
  0x10: 'mask',
  0x20: 'other',
};
const NAMED_TAGS = new Set([0x02, 0x08]);

/**
 * A POSIX ACL from the kernel's form (the value of `system.posix_acl_access`) to text, as `tar --acls` wants it; ids stay
 * numbers. Null when it is not that form.
 */
export function aclText(value: Buffer): string | null {
  if (value.length < 4 || value.readUInt32LE(0) !== VERSION || (value.length - 4) % ENTRY_BYTES !== 0) return null;
  const entries: string[] = [];
  for (let at = 4; at < value.length; at += ENTRY_BYTES) {
    const tag = value.readUInt16LE(at);
    const permissions = value.readUInt16LE(at + 2);
    const name = TAGS[tag];
    if (name === undefined) return null;
    const id = NAMED_TAGS.has(tag) ? String(value.readUInt32LE(at + 4)) : '';
    const letters = ['r', 'w', 'x'].map((letter, i) => ((permissions & (4 >> i)) === 0 ? '-' : letter)).join('');
    entries.push(`${name}:${id}:${letters}`);
  }
  return entries.join(',');
}
