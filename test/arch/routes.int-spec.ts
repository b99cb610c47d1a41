import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { expect, it } from 'vitest';
import { ACCESS_RULE } from '../../src/common/http/index.js';
import { AUDIT_ACTION } from '../../src/modules/audit/audited.js';
import { actionName } from '../../src/modules/audit/request-audit.js';
import { useTestApp } from '../integration/core/test-app.js';

const BODY = 3;
const QUERY = 4;
/** The only handlers that may be open: docs/adr/0012-open-health.md, the way in for nodes, docs/nodes.md, and that for people, docs/users.md. */
const open = [
  'HealthController.health',
  'JoinController.ask',
  'JoinController.collect',
  'ProbesController.live',
  'ProbesController.ready',
  'SessionController.askReset',
  'SessionController.login',
  'SessionController.logout',
  'SessionController.setUp',
  'SessionController.show',
  'SessionController.useReset',
];

interface Handler {
  name: string;
  /** Its name in the audit log, where it has one. */
  action: string | null;
  rule: unknown;
  args: { kind: number; type: unknown; data: unknown; hasSchema: boolean }[];
}

const test = useTestApp();

function actionOf(controller: Type, handler: () => unknown): string | null {
  const named = Reflect.getMetadata(AUDIT_ACTION, handler) as string | undefined;
  const changes = Reflect.getMetadata(METHOD_METADATA, handler) !== RequestMethod.GET;
  return named ?? (changes ? actionName(controller, handler) : null);
}

function handlers(): Handler[] {
  const scanner = new MetadataScanner();
  const found: Handler[] = [];
  for (const { instance, metatype } of test.app.get(DiscoveryService, { strict: false }).getControllers()) {
    const proto = Object.getPrototypeOf(instance) as Record<string, object>;
    const type = metatype as { name: string };
    for (const method of scanner.getAllMethodNames(proto)) {
      const handler = proto[method];
      if (handler === undefined || Reflect.getMetadata(METHOD_METADATA, handler) === undefined) continue;
      const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, method) ?? {}) as Record<
        string,
        { index: number; data?: unknown; schema?: unknown }
      >;
      const types = (Reflect.getMetadata('design:paramtypes', proto, method) ?? []) as unknown[];
      found.push({
        name: `${type.name}.${method}`,
        action: actionOf(type as unknown as Type, handler as () => unknown),
        rule: Reflect.getMetadata(ACCESS_RULE, handler) ?? Reflect.getMetadata(ACCESS_RULE, type),
        args: Object.entries(args).map(([key, arg]) => ({
          kind: Number(key.split(':')[0]),
          type: types[arg.index],
          data: arg.data,
          hasSchema: arg.schema !== undefined,
        })),
      });
    }
  }
  return found;
}

it('every route states who may call it, and only the agreed ones are open', () => {
  const all = handlers();
  expect(all.length).toBeGreaterThan(20);
  expect(all.filter(({ rule }) => rule === undefined).map(({ name }) => name)).toEqual([]);
  expect(
    all
      .filter(({ rule }) => rule === 'public')
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(open);
});

it('every body, and every query as a whole, has a class or a schema that checks it', () => {
  const bare = handlers().flatMap(({ name, args }) =>
    args
      .filter(({ kind, data }) => kind === BODY || (kind === QUERY && data === undefined))
      .filter(({ type, hasSchema }) => !hasSchema && (type === Object || type === undefined || type === String))
      .map(() => name),
  );
  expect(bare).toEqual([]);
});

it('every handler that changes something has a name of its own in the audit log', () => {
  const actions = handlers().flatMap(({ action }) => action ?? []);
  expect(actions.length).toBeGreaterThan(40);
  expect(actions.filter((action, index) => actions.indexOf(action) !== index)).toEqual([]);
  expect(actions.filter((action) => !/^[a-z-]+(\.[a-zA-Z-]+)+$/.test(action))).toEqual([]);
  // Scripts look for them: a method that is renamed keeps its old name with @Audited.
  expect(actions).toEqual(
    expect.arrayContaining([
      'sites.create',
      'sites.update',
      'sites.remove',
      'sites.backups.start',
      'backups.restore',
      'backups.remove',
      'backups.download',
      'storage.create',
      'tokens.create',
      'tokens.remove',
      'hooks.create',
      'jobs.cancel',
      'notifications.channels.create',
    ]),
  );
});
