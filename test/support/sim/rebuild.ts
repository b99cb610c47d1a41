import { CatalogueRebuild } from '../../../src/modules/catalogue/catalogue-rebuild.js';
import type { BackupRow } from './check.js';
import type { Fleet, Stage } from './fleet.js';

/** Rule 3: the catalogue that is rebuilt from one storage alone, against what was known to be there. Leaves the rebuilt one. */
export async function rebuiltDifferently(fleet: Fleet, { database, providerIds }: Stage): Promise<string[]> {
  // What rotted can't come back.
  if (fleet.rotted.size > 0) return [];
  const providerId = fleet.world.random.pick(providerIds);
  const before = await fleet.checker.backups();
  await database.empty();
  const { signal } = new AbortController();
  await fleet.peacefully(async (master) => {
    await master.services.get(CatalogueRebuild).run(providerId, { signal, count: () => undefined });
  });
  const after = await fleet.checker.backups();
  const [was, is] = [before, after].map((rows) => rows.flatMap((row) => essence(row, providerId)));
  return [
    ...(was ?? []).filter((row) => is?.includes(row) !== true).map((row) => `rule 3: not rebuilt: ${row}`),
    ...(is ?? [])
      .filter((row) => was?.includes(row) !== true)
      .map((row) => `rule 3: rebuilt, and was not there: ${row}`),
  ];
}

/** What a storage can know; marks of people (pins) live in the catalogue alone. */
function essence({ pinned: _pinned, copies, ...row }: BackupRow, providerId: string): string[] {
  const isThere = copies.some(
    ({ provider, state }) => provider === providerId && (state === 'present' || state === 'verified'),
  );
  return isThere ? [JSON.stringify(row)] : [];
}
