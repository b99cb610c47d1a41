import { Ajv, type ErrorObject } from 'ajv';
import type { FieldFault } from './http/problem.js';

const ajv = new Ajv({ allErrors: true, strict: false, useDefaults: false, validateFormats: false });

/** Checks a value against a JSON schema; what is wrong, by field (`<prefix>.name`). Schemas come from modules and drivers, never from requests. */
export function schemaFaults(schema: Readonly<Record<string, unknown>>, value: unknown, prefix: string): FieldFault[] {
  const validate = ajv.compile(schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => ({
    field: fieldOf(error, prefix),
    message: `${fieldOf(error, prefix)} ${messageOf(error)}`,
  }));
}

function fieldOf({ instancePath, params }: ErrorObject, prefix: string): string {
  const path = instancePath.split('/').slice(1);
  const named: unknown = params['additionalProperty'] ?? params['missingProperty'];
  return [prefix, ...path, ...(typeof named === 'string' ? [named] : [])].join('.');
}

function messageOf({ keyword, message, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return 'is not a known setting';
  if (keyword === 'required') return 'is required';
  if (keyword === 'enum' && Array.isArray(params['allowedValues']))
    return `must be one of: ${params['allowedValues'].join(', ')}`;
  return message ?? 'is not valid';
}
