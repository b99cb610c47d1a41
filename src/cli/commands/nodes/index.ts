import type { Command } from 'commander';
import type { Run } from '../run.js';
import { addNodeChanges } from './changes.js';
import { addNodeJoining } from './joining.js';
import { addNodeViews } from './views.js';

/** `backupd nodes …` */
export function addNodes(program: Command, run: Run): void {
  const nodes = program
    .command('nodes')
    .description('other hosts that run backupd: list, let in, limit, block, remove');
  addNodeViews(nodes, run);
  addNodeJoining(nodes, run);
  addNodeChanges(nodes, run);
}
