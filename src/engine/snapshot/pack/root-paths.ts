import type { PlannedRoot } from '../plan/index.js';

const SLASH = 0x2f;

/** Finds where on disk a member's source is. */
export class RootPaths {
  private readonly roots: { prefix: Buffer; real: Buffer }[];

  constructor(roots: readonly PlannedRoot[]) {
    this.roots = roots.map((r) => ({ prefix: Buffer.from(r.prefix), real: Buffer.from(r.realPath, 'base64') }));
  }

  source(member: Buffer): Buffer {
    for (const { prefix, real } of this.roots) {
      const rest = member.subarray(prefix.length);
      if ((rest.length === 0 || rest[0] === SLASH) && member.subarray(0, prefix.length).equals(prefix))
        return real.length === 1 && real[0] === SLASH && rest.length > 0 ? rest : Buffer.concat([real, rest]);
    }
    throw new Error(`no root for the member ${member.toString()}`);
  }
}
