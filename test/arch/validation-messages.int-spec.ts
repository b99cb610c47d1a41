import { getMetadataStorage, IsString, validateSync } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { expect, it } from 'vitest';
import { AppModule } from '../../src/app.module.js';
import { InvalidRequestError, requestValidation } from '../../src/common/http/index.js';
import { MirrorSettingsDto } from '../../src/modules/mirror/dto/mirror.dto.js';

/** Rules whose own words are of use to the author of the rule only. */
const MUTE = new Set(['matches', 'isUrl']);

class PlainDto {
  @IsString()
  name!: string;
}

it('every rule by an expression says in words what is allowed', () => {
  // It brings all DTOs.
  expect(AppModule).toBeDefined();
  // Private there, and the only place that knows them all.
  const known = Reflect.get(getMetadataStorage(), 'validationMetadatas') as ReadonlyMap<unknown, ValidationMetadata[]>;
  const rules = [...known.values()].flat().filter(({ name }) => MUTE.has(name ?? ''));
  expect(rules.length).toBeGreaterThan(10);
  const silent = rules.filter(({ message }) => typeof message !== 'string' || /expression|\^/.test(message));
  expect(silent.map(({ target, propertyName }) => `${String(target)} ${propertyName}`)).toEqual([]);
});

it('the words name the field', () => {
  const body = Object.assign(new MirrorSettingsDto(), { accountId: 'a b', baseUrl: 'nowhere' });
  expect(validateSync(body).flatMap(({ constraints }) => Object.values(constraints ?? {}))).toEqual([
    'accountId must be the id as Cloudflare shows it: up to 64 letters, digits, - and _',
    'baseUrl must be an address that begins with https:// or http://',
  ]);
});

it('a field that a request does not have is named as that', async () => {
  const checked = requestValidation().transform(
    { name: 'a', colour: 'red' },
    { type: 'body', metatype: PlainDto },
  ) as Promise<unknown>;
  await expect(checked).rejects.toThrow(InvalidRequestError);
  await expect(checked).rejects.toThrow('colour is not a field of this request');
});
