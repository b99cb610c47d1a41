import { expect, it } from 'vitest';
import { versionFault } from './versions.js';

it.each([
  ['1.4.0', '1.4.0', null],
  ['1.4.9-rc.1', '1.4.0', null],
  ['1.3.0', '1.4.2', null],
  ['1.2.9', '1.4.0', 'NODE_TOO_OLD'],
  ['0.9.0', '1.0.0', 'NODE_TOO_OLD'],
  ['1.5.0', '1.4.9', 'NODE_TOO_NEW'],
  ['2.0.0', '1.9.0', 'NODE_TOO_NEW'],
  ['', '1.0.0', 'NODE_VERSION_UNKNOWN'],
  ['1.0', '1.0.0', 'NODE_VERSION_UNKNOWN'],
  [`1.0.0-${'x'.repeat(100)}`, '1.0.0', 'NODE_VERSION_UNKNOWN'],
])('a node of version %s with a master of version %s: %s', (node, master, code) => {
  const fault = versionFault(node, master);
  expect(fault?.code ?? null).toBe(code);
  expect(fault?.hint ?? 'Update').toMatch(code === 'NODE_TOO_NEW' ? /^Update the master/ : /^Update/);
});
