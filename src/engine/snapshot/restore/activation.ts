import { chmodSync } from 'node:fs';
import { basename } from 'node:path';
import { errnoOf } from '../../../common/errors/index.js';
import { DirectoryHandle, identityOf } from '../../native/directory.js';
import { lchown, setMtimeNs, syncFileSystem } from '../../native/posix.js';
import { carryBack, carryOver, listCarried, type CarryRules } from './carry.js';
import { shown, targetChanged, targetRefused } from './errors.js';
import { writeJournal, type RestoreJournal, type SwapItem } from './journal.js';
import { isAtOrBelow } from './select.js';
import { outOfOrder, TREE_FOLDER, type JournaledStaging } from './staging.js';
import { activateItem, identityAt, OLD_FOLDER, undoItem, type SwapContext } from './swap.js';
import { latin1 } from './target.js';

export interface ActivationOptions {
  /** Chosen paths; empty = the whole tree. */
  paths: readonly string[];
  /** Paths that must be gone. */
  remove: readonly string[];
  rules: CarryRules;
  /** Makes the staged tree right once more; after it only names are moved. */
  settle?: (staging: DirectoryHandle, tree: DirectoryHandle) => Promise<void>;
  onStep: (step: string) => void;
}

/** Swaps a staged tree in. The journal says what will be done before anything is. */
export async function activateStaged(open: JournaledStaging, options: ActivationOptions): Promise<void> {
  const { journal, staging } = open;
  if (journal.phase !== 'staged') throw outOfOrder('activate', journal.phase);
  const base = openBase(journal);
  const tree = DirectoryHandle.open(staging.path(TREE_FOLDER));
  const target = openTarget(journal, base);
  try {
    const rootStays = journal.whole && journal.base === journal.target;
    const chosen = options.paths.filter((path) => !options.rules.keep.some((kept) => isAtOrBelow(path, kept)));
    const places = journal.whole ? [] : placesOf(journal, base, chosen);
    const left =
      target === null
        ? new Set<string>()
        : await listCarried(
            {
              target,
              tree,
              staging,
              under: journal.whole ? [''] : places,
              ignore: new Set([open.name]),
              rootStays,
            },
            options.rules,
          );
    left.add(open.name);
    await options.settle?.(staging, tree);
    journal.items = rootStays
      ? rootItems(base, tree, left)
      : journal.whole
        ? [wholeItem(journal, base, tree)]
        : chosenItems(base, tree, places, options.remove);
    if (rootStays) noteRoot(journal, base, tree);
    journal.phase = 'activating';
    writeJournal(staging, journal);
    options.onStep('activating');

    if (target !== null) await carryOver(target, tree, staging, options.onStep);
    const context: SwapContext = { base, staging, target: journal.target, onStep: options.onStep };
    for (const item of journal.items) activateItem(context, item);
    if (rootStays) applyRoot(base, tree.facts());
    await syncFileSystem(base.fd);
    journal.phase = 'activated';
    writeJournal(staging, journal);
    options.onStep('activated');
  } finally {
    target?.close();
    tree.close();
    base.close();
  }
}

/** Puts the old state back. Idempotent; the staging folder keeps only litter afterwards. */
export async function undoActivation(open: JournaledStaging, onStep: (step: string) => void): Promise<void> {
  const { journal, staging } = open;
  const base = openBase(journal);
  try {
    const context: SwapContext = { base, staging, target: journal.target, onStep };
    for (const item of journal.items.toReversed()) undoItem(context, item);
    const target = openTarget(journal, base);
    const tree = openTree(staging);
    try {
      if (target !== null && tree !== null) await carryBack(target, tree, staging, onStep);
    } finally {
      target?.close();
      tree?.close();
    }
    if (journal.rootFacts !== null) {
      const { mode, uid, gid } = journal.rootFacts;
      applyRoot(base, { mode: BigInt(mode), uid: BigInt(uid), gid: BigInt(gid) });
    }
    if (journal.baseMtime !== null) setMtimeNs(base.path('.'), BigInt(journal.baseMtime.before));
    await syncFileSystem(base.fd);
    journal.phase = 'undone';
    writeJournal(staging, journal);
    onStep('undone');
  } finally {
    base.close();
  }
}

/** Throws RESTORE_TARGET_CHANGED. */
export function openBase(journal: RestoreJournal): DirectoryHandle {
  const base = DirectoryHandle.open(journal.base);
  if (identityOf(base.facts()) === journal.baseId) return base;
  base.close();
  throw targetChanged(journal.target);
}

/** The folder restored into; null when there is none. */
export function openTarget(journal: RestoreJournal, base: DirectoryHandle): DirectoryHandle | null {
  if (journal.base === journal.target) return base.descend('');
  const name = latin1(basename(journal.target));
  return base.find(name)?.isDirectory() === true ? base.descend(name) : null;
}

/** After a removal that stopped half-way the tree may be gone; then nothing is left in it. */
function openTree(staging: DirectoryHandle): DirectoryHandle | null {
  try {
    return DirectoryHandle.open(staging.path(TREE_FOLDER));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function wholeItem(journal: RestoreJournal, base: DirectoryHandle, tree: DirectoryHandle): SwapItem {
  const place = latin1(basename(journal.target));
  return {
    place,
    staged: TREE_FOLDER,
    old: `${OLD_FOLDER}/0`,
    oldId: identityAt(base, place),
    newId: identityOf(tree.facts()),
    parentMtime: null,
  };
}

function rootItems(base: DirectoryHandle, tree: DirectoryHandle, left: ReadonlySet<string>): SwapItem[] {
  const names = [...new Set([...base.names(), ...tree.names()])].filter((name) => !left.has(name));
  return names.map((name, index) => itemOf(base, tree, name, index, null));
}

function chosenItems(
  base: DirectoryHandle,
  tree: DirectoryHandle,
  places: readonly string[],
  remove: readonly string[],
): SwapItem[] {
  const removed = remove.filter(
    (path) => base.find(path) !== null && !places.some((place) => isAtOrBelow(path, place)),
  );
  return [...places, ...removed].map((place, index) => {
    const mtime = base.inParent(place, (parent) => String(parent.facts().mtimeNs));
    return itemOf(base, tree, place, index, mtime);
  });
}

function itemOf(
  base: DirectoryHandle,
  tree: DirectoryHandle,
  place: string,
  index: number,
  parentMtime: string | null,
): SwapItem {
  return {
    place,
    staged: `${TREE_FOLDER}/${place}`,
    old: `${OLD_FOLDER}/${index}`,
    oldId: identityAt(base, place),
    newId: identityAt(tree, place),
    parentMtime,
  };
}

/**
 * Where chosen paths are put: at themselves, or at the first folder above that is missing on disk (the tree has it, with
 * its owner and mode). Never below a link. Throws RESTORE_PATH_BLOCKED.
 */
function placesOf(journal: RestoreJournal, base: DirectoryHandle, paths: readonly string[]): string[] {
  const places = paths.map((path) => {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      const facts = base.find(folder);
      if (facts === null) return folder;
      if (!facts.isDirectory()) {
        throw targetRefused(
          journal.target,
          'RESTORE_PATH_BLOCKED',
          `${shown(folder)} is ${facts.isSymbolicLink() ? 'a link' : 'not a folder'} there, so ${shown(path)} can't be put below it`,
          `Restore ${shown(folder)} as a whole, or remove it first.`,
        );
      }
    }
    return path;
  });
  return [...new Set(places)].filter((place) => !places.some((other) => place.startsWith(`${other}/`)));
}

function noteRoot(journal: RestoreJournal, base: DirectoryHandle, tree: DirectoryHandle): void {
  const { mode, uid, gid } = base.facts();
  journal.rootFacts = { mode: Number(mode) & 0o7777, uid: Number(uid), gid: Number(gid) };
  if (journal.baseMtime !== null) journal.baseMtime.after = String(tree.facts().mtimeNs);
}

function applyRoot(base: DirectoryHandle, facts: { mode: bigint; uid: bigint; gid: bigint }): void {
  try {
    lchown(base.path('.'), Number(facts.uid), Number(facts.gid));
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') throw error;
  }
  chmodSync(base.path('.'), Number(facts.mode) & 0o7777);
}
