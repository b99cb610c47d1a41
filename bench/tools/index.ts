import { execFileSync } from 'node:child_process';
import { findProgram } from '../../test/support/scratch.js';
import { Backupd, type HowToRun } from './backupd.js';
import { Borg } from './borg.js';
import { Original } from './original.js';
import { Plain } from './plain.js';
import { Restic } from './restic.js';
import { type Tool, TOOL_NAMES, type ToolName } from './tool.js';

/** Makes tools, each with a repository of its own. */
export class Toolbox {
  /** Tools that can be used here, with their versions. */
  readonly versions: ReadonlyMap<ToolName, string>;

  constructor(readonly how: HowToRun) {
    const versions = new Map<ToolName, string>();
    for (const name of TOOL_NAMES) {
      const version = versionOf(name);
      if (version !== null) versions.set(name, version);
    }
    this.versions = versions;
  }

  has(name: ToolName): boolean {
    return this.versions.has(name);
  }

  /** Of the named ones, those that are there. */
  available(...names: readonly ToolName[]): ToolName[] {
    return names.filter((name) => this.has(name));
  }

  backupd(): Backupd {
    return new Backupd(this.how);
  }

  make(name: ToolName): Tool {
    return name === 'backupd' ? this.backupd() : new OTHERS[name]();
  }
}

const OTHERS = { restic: Restic, borg: Borg, plain: Plain, original: Original };

/** Null for a program that is not installed. */
function versionOf(name: ToolName): string | null {
  if (name !== 'restic' && name !== 'borg') return name;
  if (findProgram(name) === null) return null;
  const said = execFileSync(name, [name === 'restic' ? 'version' : '--version'], { encoding: 'utf8' });
  return said.split(' compiled')[0]?.trim() ?? name;
}
