import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Description {
  tags: { name: string }[];
  security: Record<string, unknown>[];
  components: { securitySchemes: Record<string, unknown> };
  paths: Record<string, Record<string, { tags?: string[]; security?: Record<string, unknown>[] }>>;
}

it('openapi.json describes every tag, and every way in that an operation names', () => {
  const text = readFileSync(new URL('../openapi.json', import.meta.url), 'utf8');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as OpenAPI has it
  const { tags, security, components, paths } = JSON.parse(text) as Description;
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  expect(new Set(operations.flatMap((operation) => operation.tags ?? []))).toEqual(
    new Set(tags.map(({ name }) => name)),
  );
  const named = [...security, ...operations.flatMap((operation) => operation.security ?? [])].flatMap(Object.keys);
  expect(named.length).toBeGreaterThan(10);
  expect(new Set(named)).toEqual(new Set(Object.keys(components.securitySchemes)));
});
