import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  createReadStream,
  createWriteStream,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { errnoOf } from '../../../common/errors/index.js';
import { DirectoryHandle, splitRelative } from '../../native/directory.js';
import { lchown, setMtimeNs } from '../../native/posix.js';
import { ExcludeList } from '../walk/index.js';
import { translateFile } from './errors.js';
import { removeTree } from './remove-tree.js';

/** What on disk outlives a restore although the backup has it not. */
export interface CarryRules {
  /** Patterns the backup left out: their content on disk stays. */
  excludes: readonly string[];
  /** Relative paths (latin1) that stay as they are, whatever the backup has there: nested sites, our own storage. */
  keep: readonly string[];
  /** All other files that the backup has not. */
  extraFiles: 'delete' | 'keep';
}

/** One move from the old tree into the new one, with the times of both parents to put back. */
interface CarryLine {
  path: string;
  oldParentMtime: string;
}

const CARRY_FILE = 'carried';
const SLICE_MS = 15;

export interface CarryPlan {
  target: DirectoryHandle;
  tree: DirectoryHandle;
  staging: DirectoryHandle;
  /** Relative paths that will be replaced; `['']` = all. */
  under: readonly string[];
  /** Names directly in the target that are looked over: the staging folder itself. */
  ignore: ReadonlySet<string>;
  /** The root itself stays: what stays directly in it is not moved, only returned. */
  rootStays: boolean;
}

/**
 * Finds what must be carried over and writes the list into the staging folder, durably, before anything is moved. Returns
 * the names directly in a root that stays which are to be left alone.
 */
export async function listCarried(plan: CarryPlan, rules: CarryRules): Promise<Set<string>> {
  const lister = new CarryLister(plan, rules);
  await lister.run();
  return lister.left;
}

class CarryLister {
  readonly left = new Set<string>();
  readonly #excludes: ExcludeList;
  readonly #keep: ReadonlySet<string>;
  readonly #out: ReturnType<typeof createWriteStream>;
  #sliceEnd = performance.now() + SLICE_MS;

  constructor(
    private readonly plan: CarryPlan,
    private readonly rules: CarryRules,
  ) {
    this.#excludes = new ExcludeList(rules.excludes);
    this.#keep = new Set(rules.keep);
    this.#out = createWriteStream(plan.staging.path(CARRY_FILE), { flags: 'w', mode: 0o600 });
  }

  async run(): Promise<void> {
    const { target, under, staging } = this.plan;
    for (const path of under) {
      const [above, name] = splitRelative(path);
      if (path === '') await this.#folder(target, '.', '', false);
      else if (target.find(path) !== null) {
        const parent = target.descend(above);
        await this.#visit(parent, name, path, false).finally(() => parent.close());
      }
    }
    this.#out.end();
    await once(this.#out, 'close');
    syncFile(staging.path(CARRY_FILE));
  }

  /** `inherited`: it lies in an excluded folder, so all that the backup has not stays. */
  async #visit(parent: DirectoryHandle, name: string, path: string, inherited: boolean): Promise<void> {
    const facts = lstatSync(parent.path(name), { bigint: true, throwIfNoEntry: false });
    if (facts === undefined) return;
    if (this.#keep.has(path)) return this.#emit(path, parent);
    const isFolder = facts.isDirectory();
    const inTree = this.plan.tree.find(path);
    const excluded = inherited || this.#excludes.match(`/${path}`, isFolder) !== null;
    if (inTree === null && (excluded || this.rules.extraFiles === 'keep')) return this.#emit(path, parent);
    // What the backup has too is the backup's; deeper down there may be more that stays.
    if (isFolder && (inTree === null || inTree.isDirectory())) await this.#folder(parent, name, path, excluded);
    return undefined;
  }

  async #folder(parent: DirectoryHandle, name: string, path: string, inherited: boolean): Promise<void> {
    const folder = DirectoryHandle.open(parent.path(name));
    try {
      for (const below of folder.names()) {
        if (path === '' && this.plan.ignore.has(below)) continue;
        await this.#visit(folder, below, path === '' ? below : `${path}/${below}`, inherited);
        if (performance.now() < this.#sliceEnd) continue;
        await setImmediate();
        this.#sliceEnd = performance.now() + SLICE_MS;
      }
    } finally {
      folder.close();
    }
  }

  async #emit(path: string, parent: DirectoryHandle): Promise<void> {
    if (this.plan.rootStays && !path.includes('/')) {
      this.left.add(path);
      return;
    }
    const line: CarryLine = { path, oldParentMtime: String(parent.facts().mtimeNs) };
    if (!this.#out.write(`${JSON.stringify(line)}\n`)) await once(this.#out, 'drain');
  }
}

/** Moves what was listed from the old tree to the new one. */
export async function carryOver(
  target: DirectoryHandle,
  tree: DirectoryHandle,
  staging: DirectoryHandle,
  onStep: (step: string) => void,
): Promise<void> {
  for await (const { path } of readLines(staging)) {
    try {
      if (target.find(path) === null) continue;
      if (tree.find(path) !== null) {
        const [folder, name] = splitRelative(path);
        const parent = tree.descend(folder);
        const mtime = parent.facts().mtimeNs;
        await removeTree(parent, name, 'the staging folder')
          .then(() => setMtimeNs(parent.path('.'), mtime))
          .finally(() => parent.close());
      }
      makeParentsLike(target, tree, path);
      target.inParent(path, (from, name) => tree.inParent(path, (to) => moveKeepingTimes(from, to, name)));
    } catch (error) {
      throw translateFile(error, 'carried over', path, 'the site');
    }
    onStep('carried');
  }
}

/** Moves back what was carried over, wherever that had come; then the times of the old folders are as before. */
export async function carryBack(
  target: DirectoryHandle,
  tree: DirectoryHandle,
  staging: DirectoryHandle,
  onStep: (step: string) => void,
): Promise<void> {
  for await (const { path, oldParentMtime } of readLines(staging)) {
    try {
      if (tree.find(path) !== null && target.find(path) === null) {
        tree.inParent(path, (from, name) => target.inParent(path, (to) => renameSync(from.path(name), to.path(name))));
      }
      target.inParent(path, (parent) => setMtimeNs(parent.path('.'), BigInt(oldParentMtime)));
      onStep('carried back');
    } catch (error) {
      throw translateFile(error, 'moved back', path, 'the site');
    }
  }
}

async function* readLines(staging: DirectoryHandle): AsyncGenerator<CarryLine> {
  if (staging.find(CARRY_FILE) === null) return;
  const lines = createInterface({ input: createReadStream(staging.path(CARRY_FILE)), crlfDelay: Infinity });
  for await (const line of lines) {
    const value: CarryLine = JSON.parse(line);
    yield value;
  }
}

function moveKeepingTimes(from: DirectoryHandle, to: DirectoryHandle, name: string): void {
  const times: [DirectoryHandle, bigint][] = [
    [from, from.facts().mtimeNs],
    [to, to.facts().mtimeNs],
  ];
  renameSync(from.path(name), to.path(name));
  for (const [folder, mtime] of times) setMtimeNs(folder.path('.'), mtime);
}

/** Makes the folders above a path in the new tree, with the owner, mode and time they have in the old one. */
function makeParentsLike(target: DirectoryHandle, tree: DirectoryHandle, path: string): void {
  const names = splitRelative(path)[0].split('/').filter(Boolean);
  for (let depth = 1; depth <= names.length; depth++) {
    const folder = names.slice(0, depth).join('/');
    if (tree.find(folder) !== null) continue;
    const like = target.find(folder);
    if (like === null) return;
    tree.inParent(folder, (parent, name) => {
      const mtime = parent.facts().mtimeNs;
      mkdirSync(parent.path(name), 0o700);
      try {
        lchown(parent.path(name), Number(like.uid), Number(like.gid));
      } catch (error) {
        if (errnoOf(error) !== 'EPERM') throw error;
      }
      chmodSync(parent.path(name), Number(like.mode) & 0o7777);
      setMtimeNs(parent.path(name), like.mtimeNs);
      setMtimeNs(parent.path('.'), mtime);
    });
  }
}

function syncFile(path: Buffer): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
